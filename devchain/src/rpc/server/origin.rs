//! Which web pages may talk to the servers: CORS for HTTP, the same rule for WebSocket, where browsers have none.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use jsonrpsee::{
    core::BoxError,
    server::{HttpBody, HttpRequest, HttpResponse},
};

/// Web pages that may use the servers. Programs that are no browsers send no origin and are not concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origins {
    /// Any page.
    #[default]
    Any,
    /// Pages of these origins only, such as `https://example.org` or `http://localhost:3000`; others get status 403.
    Only(Vec<String>),
}

impl Origins {
    fn allow(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(allowed) => allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)),
        }
    }
}

/// Applies [`Origins`] to every HTTP request, the one that opens a WebSocket included.
#[derive(Clone, Debug)]
pub(super) struct OriginLayer {
    origins: Arc<Origins>,
}

impl OriginLayer {
    pub(super) fn new(origins: Origins) -> Self {
        Self {
            origins: Arc::new(origins),
        }
    }
}

impl<S> tower::Layer<S> for OriginLayer {
    type Service = OriginService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        OriginService {
            inner,
            origins: self.origins.clone(),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct OriginService<S> {
    inner: S,
    origins: Arc<Origins>,
}

impl<S> tower::Service<HttpRequest> for OriginService<S>
where
    S: tower::Service<HttpRequest, Response = HttpResponse, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = HttpResponse;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: HttpRequest) -> Self::Future {
        let Some(origin) = request.headers().get("origin").cloned() else {
            return Box::pin(self.inner.call(request));
        };
        if !origin.to_str().is_ok_and(|origin| self.origins.allow(origin)) {
            return Box::pin(async { Ok(respond(403, "this origin is not allowed")) });
        }
        let preflight = is_preflight(&request).then(|| preflight(&request));
        let answer = match preflight {
            Some(response) => Answer::Ready(response),
            None => Answer::Inner(self.inner.call(request)),
        };
        Box::pin(async move {
            let mut response = match answer {
                Answer::Ready(response) => response,
                Answer::Inner(response) => response.await?,
            };
            let headers = response.headers_mut();
            headers.insert("access-control-allow-origin", origin);
            headers.insert("vary", "origin".parse()?);
            Ok(response)
        })
    }
}

enum Answer<F> {
    Ready(HttpResponse),
    Inner(F),
}

fn is_preflight(request: &HttpRequest) -> bool {
    request.method().as_str() == "OPTIONS" && request.headers().contains_key("access-control-request-method")
}

/// What a browser wants to know before it sends a request with a JSON body, and before a public page reaches a local address.
fn preflight(request: &HttpRequest) -> HttpResponse {
    let mut response = respond(204, "");
    let wanted = request.headers().get("access-control-request-headers").cloned();
    let local = request.headers().get("access-control-request-private-network").cloned();
    let headers = response.headers_mut();
    let fixed = [
        ("access-control-allow-methods", "POST, GET"),
        ("access-control-max-age", "3600"),
    ];
    for (name, value) in fixed {
        headers.insert(
            name,
            value
                .parse()
                .expect("a literal of printable characters is a header value"),
        );
    }
    if let Some(wanted) = wanted {
        headers.insert("access-control-allow-headers", wanted);
    }
    if let Some(local) = local {
        headers.insert("access-control-allow-private-network", local);
    }
    response
}

fn respond(status: u16, body: &'static str) -> HttpResponse {
    let mut response = HttpResponse::new(HttpBody::from(body));
    *response.status_mut() = status
        .try_into()
        .expect("the callers give statuses between 100 and 999");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_origins_admits_only_its_members_whatever_the_case() {
        let origins = Origins::Only(vec!["http://localhost:3000".into()]);
        assert!(origins.allow("http://localhost:3000"));
        assert!(origins.allow("HTTP://LocalHost:3000"));
        assert!(!origins.allow("http://localhost:3001"));
        assert!(!origins.allow("null"));
        assert!(Origins::Any.allow("null"));
    }
}
