-- Stored answers make repetitions harmless; nobody repeats a request after months. The service may let old ones go, by
-- this function and not otherwise, and never those of the last week.
set local role ishi_owner;

create index idempotency_age on ishi.idempotency (registered_at);

create function ishi.prune_answers(before bigint, at_most bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
  gone bigint;
begin
  if before > (select last_registered_at from ishi.log_head) - 7 * 86400000000 then
    raise exception 'ishi: the answers of the last week are kept' using errcode = 'IS001';
  end if;
  with old as (select caller, key from ishi.idempotency where registered_at < before order by registered_at limit at_most)
  delete from ishi.idempotency kept using old where kept.caller = old.caller and kept.key = old.key;
  get diagnostics gone = row_count;
  return gone;
end $$;

revoke all on function ishi.prune_answers(bigint, bigint) from public;
grant execute on function ishi.prune_answers(bigint, bigint) to ishi_service;
