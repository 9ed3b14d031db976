//! The program `salus`: starts the runtime, hands the arguments to [`salus_cli`], exits with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(_) => return ExitCode::FAILURE,
    };
    let code = runtime.block_on(salus_cli::main(std::env::args_os(), &mut std::io::stdout()));
    // Background tasks (a WebSocket reader, say) hold nothing worth waiting for once the result is out.
    runtime.shutdown_background();
    code.into()
}
