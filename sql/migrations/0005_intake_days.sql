-- What each source delivered, day by day: what did not come leaves no other trace. Counted in the append's own
-- transaction; what came and was not written is noted beside it. Days are JST, as days since 1970-01-01.
set local role ishi_owner;

create table ishi.intake_kind (
  source          text   not null,
  kind            text   not null,                                      -- objections, notices, …
  first_day       int    not null,
  last_day        int    not null,
  last_volume_day int,                                                  -- with at least one accepted line
  last_at         bigint not null,                                      -- microseconds since 1970 UTC
  primary key (source, kind)
) with (fillfactor = 80);

create table ishi.intake_day (
  source        text   not null,
  kind          text   not null,
  day           int    not null,
  batches       bigint not null default 0,
  accepted      bigint not null default 0,                              -- lines of written batches
  rejected      bigint not null default 0,
  repeated      bigint not null default 0,                              -- batches not written, and why
  duplicates    bigint not null default 0,
  refused       bigint not null default 0,
  disagreements bigint not null default 0,
  primary key (source, kind, day)
) with (fillfactor = 80);
create index intake_day_recent on ishi.intake_day (day);

-- Batches whose announced number of lines was not what arrived.
create table ishi.intake_disagreement (
  source    text   not null,
  kind      text   not null,
  sequence  bigint not null,                                            -- 0: not numbered
  announced bigint not null,
  arrived   bigint not null,
  times     bigint not null,
  first_at  bigint not null,
  last_at   bigint not null,
  primary key (source, kind, sequence)
);

grant select, insert, update on ishi.intake_kind, ishi.intake_day to ishi_service;
grant select, insert, update, delete on ishi.intake_disagreement to ishi_service;
