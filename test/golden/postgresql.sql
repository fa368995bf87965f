-- the tables that remember

do 'begin if not exists (select 1 from pg_namespace where nspname = ''_sluice'') then perform pg_advisory_xact_lock(hashtextextended(''sluice schema _sluice'', 0)); if not exists (select 1 from pg_namespace where nspname = ''_sluice'') then create schema "_sluice"; end if; end if; end';

create table if not exists "_sluice"."meta" (
  store_version bigint not null
);

create table if not exists "_sluice"."coverage" (
  account text not null,
  source_table text not null,
  target text not null,
  pass text not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  read_at timestamp with time zone not null
);

create table if not exists "_sluice"."snapshots" (
  account text not null,
  source_table text not null,
  target text not null,
  taken_at timestamp with time zone not null,
  row_count bigint not null
);

create table if not exists "_sluice"."unfinished_runs" (
  account text not null,
  source_table text not null,
  target text not null,
  started_at timestamp with time zone not null,
  demand text not null,
  reread text not null
);

create table if not exists "_sluice"."accounts" (
  name text not null,
  identity text not null,
  first_seen timestamp with time zone not null
);

create table if not exists "_sluice"."targets" (
  account text not null,
  source_table text not null,
  target text not null,
  made_of text not null
);

insert into "_sluice"."meta" (store_version)
select 2
where not exists (select 1 from "_sluice"."meta");


-- merge into a new table

do 'begin if not exists (select 1 from pg_namespace where nspname = ''dest'') then perform pg_advisory_xact_lock(hashtextextended(''sluice schema dest'', 0)); if not exists (select 1 from pg_namespace where nspname = ''dest'') then create schema "dest"; end if; end if; end';

create table "dest"."events" (
  "id" text,
  "datetime" timestamp with time zone,
  "value" double precision,
  "event_properties" jsonb,
  "_sluice_account" text,
  "_sluice_synced_at" timestamp with time zone,
  "_sluice_deleted_at" timestamp with time zone
);

create unique index "events__sluice_key" on "dest"."events" ("_sluice_account", "id");

with merged as (
  insert into "dest"."events" as t ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
  select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
  from "stage" as s
  on conflict ("_sluice_account", "id") do update
  set "datetime" = excluded."datetime", "value" = excluded."value", "event_properties" = excluded."event_properties", "_sluice_synced_at" = excluded."_sluice_synced_at", "_sluice_deleted_at" = excluded."_sluice_deleted_at"
  where (t."datetime" is distinct from excluded."datetime" or t."value" is distinct from excluded."value" or t."event_properties" is distinct from excluded."event_properties" or t."_sluice_deleted_at" is distinct from excluded."_sluice_deleted_at")
    and coalesce(t."datetime" <= excluded."datetime", true)
  returning t.xmax = 0 as fresh, t."datetime" as moment
)
select
  count(*) filter (where fresh) as inserted,
  count(*) filter (where not fresh) as changed
from merged;


-- merge, reading again what was covered

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

with merged as (
  insert into "dest"."events" as t ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
  select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
  from "stage" as s
  on conflict ("_sluice_account", "id") do update
  set "datetime" = excluded."datetime", "value" = excluded."value", "event_properties" = excluded."event_properties", "_sluice_synced_at" = excluded."_sluice_synced_at", "_sluice_deleted_at" = excluded."_sluice_deleted_at"
  where (t."datetime" is distinct from excluded."datetime" or t."value" is distinct from excluded."value" or t."event_properties" is distinct from excluded."event_properties" or t."_sluice_deleted_at" is distinct from excluded."_sluice_deleted_at")
    and coalesce(t."datetime" <= excluded."datetime", true)
  returning t.xmax = 0 as fresh, t."datetime" as moment
)
select
  count(*) filter (where fresh) as inserted,
  count(*) filter (where not fresh) as changed,
  count(*) filter (where (moment >= to_timestamp(cast($1 as double precision)) and moment < to_timestamp(cast($2 as double precision)))) as late,
  extract(epoch from min(moment) filter (where (moment >= to_timestamp(cast($3 as double precision)) and moment < to_timestamp(cast($4 as double precision))))) as earliest
from merged;
-- [1769299200,1769904000,1769299200,1769904000]


-- merge of what the table holds nothing of

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

with merged as (
  insert into "dest"."events" as t ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
  select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
  from "stage" as s
  on conflict ("_sluice_account", "id") do update
  set "datetime" = excluded."datetime", "value" = excluded."value", "event_properties" = excluded."event_properties", "_sluice_synced_at" = excluded."_sluice_synced_at", "_sluice_deleted_at" = excluded."_sluice_deleted_at"
  where (t."datetime" is distinct from excluded."datetime" or t."value" is distinct from excluded."value" or t."event_properties" is distinct from excluded."event_properties" or t."_sluice_deleted_at" is distinct from excluded."_sluice_deleted_at")
    and coalesce(t."datetime" <= excluded."datetime", true)
  returning t.xmax = 0 as fresh, t."datetime" as moment
)
select
  count(*) filter (where fresh) as inserted,
  count(*) filter (where not fresh) as changed
from merged;


-- merge of what the table may hold in two windows

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

with merged as (
  insert into "dest"."events" as t ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
  select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
  from "stage" as s
  on conflict ("_sluice_account", "id") do update
  set "datetime" = excluded."datetime", "value" = excluded."value", "event_properties" = excluded."event_properties", "_sluice_synced_at" = excluded."_sluice_synced_at", "_sluice_deleted_at" = excluded."_sluice_deleted_at"
  where (t."datetime" is distinct from excluded."datetime" or t."value" is distinct from excluded."value" or t."event_properties" is distinct from excluded."event_properties" or t."_sluice_deleted_at" is distinct from excluded."_sluice_deleted_at")
    and coalesce(t."datetime" <= excluded."datetime", true)
  returning t.xmax = 0 as fresh, t."datetime" as moment
)
select
  count(*) filter (where fresh) as inserted,
  count(*) filter (where not fresh) as changed
from merged;


-- append of what the table holds nothing of

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

select
  count(*) as inserted
from "stage" as s;

insert into "dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
from "stage" as s;


-- merge of a cursor that moves, with a new column and one that the stage lacks

alter table "dest"."events" add column "value" double precision;

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

with merged as (
  insert into "dest"."events" as t ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
  select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
  from "stage" as s
  on conflict ("_sluice_account", "id") do update
  set "datetime" = excluded."datetime", "value" = excluded."value", "event_properties" = excluded."event_properties", "_sluice_synced_at" = excluded."_sluice_synced_at", "_sluice_deleted_at" = excluded."_sluice_deleted_at", "old" = default
  where (t."datetime" is distinct from excluded."datetime" or t."value" is distinct from excluded."value" or t."event_properties" is distinct from excluded."event_properties" or t."_sluice_deleted_at" is distinct from excluded."_sluice_deleted_at")
    and coalesce(t."datetime" <= excluded."datetime", true)
  returning t.xmax = 0 as fresh, t."datetime" as moment
)
select
  count(*) filter (where fresh) as inserted,
  count(*) filter (where not fresh) as changed
from merged;


-- append

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

create temp table "_sluice_fresh" as
select s.ctid as staged_row
from "stage" as s
where not exists (select 1 from "dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id" and t."datetime" is not distinct from s."datetime");

select
  count(*) as inserted
from "stage" as s
where s.ctid in (select staged_row from "_sluice_fresh");

insert into "dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
from "stage" as s
where s.ctid in (select staged_row from "_sluice_fresh");

drop table "_sluice_fresh";


-- append of whole rows, after merges

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

create index "events__sluice_versions" on "dest"."events" ("_sluice_account", "id");

drop index "dest"."events__sluice_key";

create temp table "_sluice_fresh" as
select s.ctid as staged_row
from "stage" as s
where not exists (select 1 from "dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id" and t."datetime" is not distinct from s."datetime" and t."value" is not distinct from s."value" and t."event_properties" is not distinct from s."event_properties");

select
  count(*) as inserted
from "stage" as s
where s.ctid in (select staged_row from "_sluice_fresh");

insert into "dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
from "stage" as s
where s.ctid in (select staged_row from "_sluice_fresh");

drop table "_sluice_fresh";


-- delete+insert

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

create temp table "_sluice_known" as
select s.ctid as staged_row, t.target_row
from (select ctid as target_row, "_sluice_account", "id" from "dest"."events"
  where "datetime" between (select min(s."datetime") from "stage" as s)
    and (select max(s."datetime") from "stage" as s)) as t
join "stage" as s on t."_sluice_account" = s."_sluice_account" and t."id" = s."id";

create temp table "_sluice_verdict" as
select k.staged_row, k.target_row,
  coalesce(t."datetime" > s."datetime", false) as newer,
  (t."datetime" is distinct from s."datetime" or t."value" is distinct from s."value" or t."event_properties" is distinct from s."event_properties" or t."_sluice_deleted_at" is distinct from cast(null as timestamp with time zone)) as differs
from "_sluice_known" as k
join "dest"."events" as t on t.ctid = k.target_row
join "stage" as s on s.ctid = k.staged_row;

drop table "_sluice_known";

create temp table "_sluice_gone" as
select t.ctid as target_row
from "dest"."events" as t
where t."_sluice_account" = $5
  and ((t."datetime" >= to_timestamp(cast($1 as double precision)) and t."datetime" < to_timestamp(cast($2 as double precision))) or (t."datetime" >= to_timestamp(cast($3 as double precision)) and t."datetime" < to_timestamp(cast($4 as double precision))))
  and t."_sluice_synced_at" < to_timestamp(cast($6 as double precision))
  and not exists (select 1 from "_sluice_verdict" as v where v.target_row = t.ctid);
-- [1767225600,1767312000,1767571200,1767657600,"shop",1769904000]

select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed
from "stage" as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from "_sluice_verdict" group by staged_row
) as v on v.staged_row = s.ctid;

select count(*) as deleted from "_sluice_gone";

delete from "dest"."events"
where ctid in (
  select target_row from "_sluice_verdict" where not newer
  union all
  select target_row from "_sluice_gone"
);

insert into "dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
from "stage" as s
where not exists (select 1 from "_sluice_verdict" as v where v.staged_row = s.ctid and (newer));

drop table "_sluice_verdict";

drop table "_sluice_gone";


-- a snapshot

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

with merged as (
  insert into "dest"."events" as t ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
  select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
  from "stage" as s
  on conflict ("_sluice_account", "id") do update
  set "datetime" = excluded."datetime", "value" = excluded."value", "event_properties" = excluded."event_properties", "_sluice_synced_at" = excluded."_sluice_synced_at", "_sluice_deleted_at" = excluded."_sluice_deleted_at"
  where (t."datetime" is distinct from excluded."datetime" or t."value" is distinct from excluded."value" or t."event_properties" is distinct from excluded."event_properties" or t."_sluice_deleted_at" is distinct from excluded."_sluice_deleted_at")
  returning t.xmax = 0 as fresh
)
select
  count(*) filter (where fresh) as inserted,
  count(*) filter (where not fresh) as changed
from merged;

select count(*) as deleted
from "dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

update "dest"."events" as t
set "_sluice_deleted_at" = to_timestamp(cast($1 as double precision))
where t."_sluice_account" = $2
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- [1769904000,"shop"]


-- merge of a set: messages of the campaigns in the main stage

do 'begin if not exists (select 1 from pg_namespace where nspname = ''dest'') then perform pg_advisory_xact_lock(hashtextextended(''sluice schema dest'', 0)); if not exists (select 1 from pg_namespace where nspname = ''dest'') then create schema "dest"; end if; end if; end';

create table "dest"."events" (
  "campaign_id" text,
  "id" text,
  "datetime" timestamp with time zone,
  "value" double precision,
  "event_properties" jsonb,
  "_sluice_account" text,
  "_sluice_synced_at" timestamp with time zone,
  "_sluice_deleted_at" timestamp with time zone
);

create unique index "events__sluice_key" on "dest"."events" ("_sluice_account", "id");

with merged as (
  insert into "dest"."events" as t ("campaign_id", "id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
  select s."campaign_id", s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
  from "stage" as s
  on conflict ("_sluice_account", "id") do update
  set "campaign_id" = excluded."campaign_id", "datetime" = excluded."datetime", "value" = excluded."value", "event_properties" = excluded."event_properties", "_sluice_synced_at" = excluded."_sluice_synced_at", "_sluice_deleted_at" = excluded."_sluice_deleted_at"
  where (t."campaign_id" is distinct from excluded."campaign_id" or t."datetime" is distinct from excluded."datetime" or t."value" is distinct from excluded."value" or t."event_properties" is distinct from excluded."event_properties" or t."_sluice_deleted_at" is distinct from excluded."_sluice_deleted_at")
  returning t.xmax = 0 as fresh
)
select
  count(*) filter (where fresh) as inserted,
  count(*) filter (where not fresh) as changed
from merged;

select count(*) as deleted
from "dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_deleted_at" is null
  and t."campaign_id" in (select m."id" from "main" as m)
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

update "dest"."events" as t
set "_sluice_deleted_at" = to_timestamp(cast($1 as double precision))
where t."_sluice_account" = $2
  and t."_sluice_deleted_at" is null
  and t."campaign_id" in (select m."id" from "main" as m)
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- [1769904000,"shop"]


-- a snapshot read anew

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

select count(*) as inserted
from "stage" as s
where s."_sluice_account" = $1
  and not exists (select 1 from "dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

select count(*) as removed
from "dest"."events" as t
where t."_sluice_account" = $1
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

delete from "dest"."events" as t
where t."_sluice_account" = $1;
-- ["shop"]

insert into "dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
from "stage" as s
where s."_sluice_account" = $1;
-- ["shop"]


-- a roll call of an interval

select count(*) as asked from "dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_synced_at" <= to_timestamp(cast($2 as double precision))
  and (t."datetime" >= to_timestamp(cast($3 as double precision)) and t."datetime" < to_timestamp(cast($4 as double precision)));
-- ["shop",1769904000,1767225600,1767312000]

create table "dest"."events__sluice_roll_8d9001d32c" (
  called_by bigint not null,
  "id" text not null
);

insert into "dest"."events__sluice_roll_8d9001d32c" (called_by, "id")
select 1769904000000, s."id"
from "stage" as s;

select count(*) as absent, floor(extract(epoch from min(t."datetime"))) as first_at, floor(extract(epoch from max(t."datetime"))) as last_at
from "dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_synced_at" <= to_timestamp(cast($2 as double precision))
  and (t."datetime" >= to_timestamp(cast($3 as double precision)) and t."datetime" < to_timestamp(cast($4 as double precision)))
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id");
-- ["shop",1769904000,1767225600,1767312000]

select distinct t."id" as absent_key
from "dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_synced_at" <= to_timestamp(cast($2 as double precision))
  and (t."datetime" >= to_timestamp(cast($3 as double precision)) and t."datetime" < to_timestamp(cast($4 as double precision)))
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id")
  and t."id" > $5
order by absent_key
limit 100;
-- ["shop",1769904000,1767225600,1767312000,"7q"]

select count(*) as gathered from "dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000;

select count(*) as back from "dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_deleted_at" is not null
  and exists (select 1 from "dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id");
-- ["shop"]

update "dest"."events" as t
set "_sluice_deleted_at" = to_timestamp(cast($1 as double precision))
where t."_sluice_account" = $2
  and t."_sluice_synced_at" <= to_timestamp(cast($3 as double precision))
  and (t."datetime" >= to_timestamp(cast($4 as double precision)) and t."datetime" < to_timestamp(cast($5 as double precision)))
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id");
-- [1769904000,"shop",1769904000,1767225600,1767312000]

update "dest"."events" as t
set "_sluice_deleted_at" = null
where t."_sluice_account" = $1
  and t."_sluice_deleted_at" is not null
  and exists (select 1 from "dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id");
-- ["shop"]


-- a swap, other accounts in the table

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

select count(*) as inserted
from "dest"."events__sluice_aside_8d9001d32c" as s
where s."_sluice_account" = $1
  and not exists (select 1 from "dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

select count(*) as removed
from "dest"."events" as t
where t."_sluice_account" = $1
  and not exists (select 1 from "dest"."events__sluice_aside_8d9001d32c" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

delete from "dest"."events" as t
where t."_sluice_account" = $1;
-- ["shop"]

insert into "dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
from "dest"."events__sluice_aside_8d9001d32c" as s
where s."_sluice_account" = $1;
-- ["shop"]

drop table "dest"."events__sluice_aside_8d9001d32c";


-- a swap, nobody else in the table

alter table "dest"."events" add column "_sluice_deleted_at" timestamp with time zone;

select count(*) as inserted
from "dest"."events__sluice_aside_8d9001d32c" as s
where s."_sluice_account" = $1
  and not exists (select 1 from "dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

select count(*) as removed
from "dest"."events" as t
where t."_sluice_account" = $1
  and not exists (select 1 from "dest"."events__sluice_aside_8d9001d32c" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

delete from "dest"."events" as t
where t."_sluice_account" = $1;
-- ["shop"]

insert into "dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as timestamp with time zone)
from "dest"."events__sluice_aside_8d9001d32c" as s
where s."_sluice_account" = $1;
-- ["shop"]

drop table "dest"."events__sluice_aside_8d9001d32c";
