-- The last signed checkpoint. It is saved before anybody sees it; the log never signs a smaller tree, nor another root
-- for the same size.
set local role ishi_owner;

create table ishi.checkpoint (
  only_row boolean primary key default true check (only_row),
  size     bigint not null check (size >= 0),
  root     bytea  not null check (octet_length(root) = 32),
  note     bytea  not null                               -- the signed note, as published
);

create function ishi.allow_only_larger_checkpoint() returns trigger language plpgsql as $$
begin
  if new.size < old.size or (new.size = old.size and new.root <> old.root) then
    raise exception 'ishi: a checkpoint only grows' using errcode = 'IS001';
  end if;
  return new;
end $$;

create trigger checkpoint_grows before update on ishi.checkpoint
  for each row execute function ishi.allow_only_larger_checkpoint();
create trigger checkpoint_kept before delete or truncate on ishi.checkpoint execute function ishi.refuse_change();

grant select, insert, update on ishi.checkpoint to ishi_service;
