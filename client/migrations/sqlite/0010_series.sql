-- Visits that were booked together: the series of each, which is a hash of its visits; null of one that was booked by itself.

alter table visits add column series_id blob;

create index visits_by_series on visits (series_id);
