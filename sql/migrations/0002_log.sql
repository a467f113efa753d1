-- The log. Rows of event, event_subject and tile are written once; log_head is the one row that changes, and whoever
-- appends holds its lock until commit. That is what makes indexes gapless and commit order index order.
set local role ishi_owner;

create table ishi.log_head (
  only_row           boolean primary key default true check (only_row),
  size               bigint not null check (size >= 0),                 -- how many events: the Position
  last_registered_at bigint not null,                                   -- microseconds since 1970 UTC
  peaks              bytea  not null                                    -- right edge of the Merkle tree, 32 bytes a peak
);
insert into ishi.log_head (size, last_registered_at, peaks) values (0, 0, '');

create table ishi.event (
  index         bigint   primary key,
  kind          smallint not null,                                      -- EventKind
  registered_at bigint   not null,
  commitment    bytea    not null check (octet_length(commitment) = 32), -- SHA-256(salt || body); stays for ever
  salt          bytea    check (octet_length(salt) = 16),
  body          bytea,                                                  -- canonical bytes; null = erased, with the salt
  check ((salt is null) = (body is null))
);
create index event_policy on ishi.event (index) where kind = 1;         -- which policy was in force

-- Which events speak about a token. A token is 16 bytes, and uuid is PostgreSQL's type for 16 bytes.
create table ishi.event_subject (
  token       uuid   not null,
  event_index bigint not null,
  primary key (token, event_index)
);

-- Full tiles of the tree (C2SP tlog-tiles). A partial tile is cut from what lies below it: level 0 from the last
-- events, level n+1 from the roots of the last tiles of level n.
create table ishi.tile (
  level  smallint not null,
  index  bigint   not null,
  hashes bytea    not null check (octet_length(hashes) = 8192),
  root   bytea    not null check (octet_length(root) = 32),
  primary key (level, index)
);

create function ishi.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'ishi: rows of % are never changed or removed', tg_table_name using errcode = 'IS001';
end $$;

create function ishi.allow_only_erasure() returns trigger language plpgsql as $$
begin
  if new.salt is not null or new.body is not null
     or (new.index, new.kind, new.registered_at, new.commitment)
        is distinct from (old.index, old.kind, old.registered_at, old.commitment) then
    raise exception 'ishi: an event can only lose its salt and content' using errcode = 'IS001';
  end if;
  return new;
end $$;

create function ishi.allow_only_erased_subject() returns trigger language plpgsql as $$
begin
  if exists (select from ishi.event where index = old.event_index and body is not null) then
    raise exception 'ishi: the event is not erased' using errcode = 'IS001';
  end if;
  return old;
end $$;

create function ishi.allow_only_growth() returns trigger language plpgsql as $$
begin
  if new.size < old.size or new.last_registered_at < old.last_registered_at then
    raise exception 'ishi: the log only grows' using errcode = 'IS001';
  end if;
  return new;
end $$;

create trigger event_erasure before update on ishi.event for each row execute function ishi.allow_only_erasure();
create trigger event_kept before delete or truncate on ishi.event execute function ishi.refuse_change();
create trigger subject_erasure before delete on ishi.event_subject
  for each row execute function ishi.allow_only_erased_subject();
create trigger subject_kept before update or truncate on ishi.event_subject execute function ishi.refuse_change();
create trigger tile_kept before update or delete or truncate on ishi.tile execute function ishi.refuse_change();
create trigger head_grows before update on ishi.log_head for each row execute function ishi.allow_only_growth();
create trigger head_kept before delete or truncate on ishi.log_head execute function ishi.refuse_change();

grant select, insert on ishi.event, ishi.event_subject, ishi.tile to ishi_service;
grant select, update on ishi.log_head to ishi_service;
grant select on ishi.event, ishi.event_subject to ishi_eraser;
grant update (salt, body) on ishi.event to ishi_eraser;
grant delete on ishi.event_subject to ishi_eraser;
