-- What makes writes repeatable, and the books of the feeds. Written in the same transaction as the events.
set local role ishi_owner;

create table ishi.idempotency (
  caller        bytea  not null,
  key           text   not null,
  body_digest   bytea  not null check (octet_length(body_digest) = 32),
  first_index   bigint not null,
  position      bigint not null,                                        -- after the request's events
  registered_at bigint not null,
  answer        bytea  not null,
  primary key (caller, key)
);

create table ishi.source (
  source           text   primary key,
  highest_sequence bigint not null,
  batches          bigint not null,
  events           bigint not null,
  last_seen        bigint not null
);

-- Sequence numbers that have not arrived, as inclusive ranges.
create table ishi.source_gap (
  source         text   not null references ishi.source,
  first_sequence bigint not null,
  last_sequence  bigint not null check (last_sequence >= first_sequence),
  primary key (source, first_sequence)
);

create trigger idempotency_kept before update or truncate on ishi.idempotency execute function ishi.refuse_change();

grant select, insert on ishi.idempotency to ishi_service;
grant select, insert, update on ishi.source to ishi_service;
grant select, insert, delete on ishi.source_gap to ishi_service;
