-- Who may do what. Roles belong to the whole cluster and outlive a database; they have no login of their own.
-- Programs connect as somebody who is a member and take the role on (set role), so that even a too powerful login
-- works with these rights only.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['ishi_owner', 'ishi_service', 'ishi_eraser'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin', wanted);
    end if;
    if not pg_has_role(current_user, wanted, 'member') then
      execute format('grant %I to %I', wanted, current_user);
    end if;
  end loop;
end $$;

comment on role ishi_owner is 'owns the tables of Ishi; migrations only';
comment on role ishi_service is 'appends events and reads; never changes or removes one';
comment on role ishi_eraser is 'may blank salt and content of an event, nothing else';

alter schema ishi owner to ishi_owner;
alter table ishi.migration owner to ishi_owner;
grant usage on schema ishi to ishi_service, ishi_eraser;
grant select on ishi.migration to ishi_service;
