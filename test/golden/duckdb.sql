-- the tables that remember

create schema if not exists "shop"."_sluice";

create table if not exists "shop"."_sluice"."meta" (
  store_version BIGINT not null
);

create table if not exists "shop"."_sluice"."coverage" (
  account VARCHAR not null,
  source_table VARCHAR not null,
  target VARCHAR not null,
  pass VARCHAR not null,
  from_at TIMESTAMP WITH TIME ZONE not null,
  to_at TIMESTAMP WITH TIME ZONE not null,
  read_at TIMESTAMP WITH TIME ZONE not null
);

create table if not exists "shop"."_sluice"."snapshots" (
  account VARCHAR not null,
  source_table VARCHAR not null,
  target VARCHAR not null,
  taken_at TIMESTAMP WITH TIME ZONE not null,
  row_count BIGINT not null
);

create table if not exists "shop"."_sluice"."unfinished_runs" (
  account VARCHAR not null,
  source_table VARCHAR not null,
  target VARCHAR not null,
  started_at TIMESTAMP WITH TIME ZONE not null,
  demand VARCHAR not null,
  reread VARCHAR not null
);

create table if not exists "shop"."_sluice"."accounts" (
  name VARCHAR not null,
  identity VARCHAR not null,
  first_seen TIMESTAMP WITH TIME ZONE not null
);

create table if not exists "shop"."_sluice"."targets" (
  account VARCHAR not null,
  source_table VARCHAR not null,
  target VARCHAR not null,
  made_of VARCHAR not null
);

insert into "shop"."_sluice"."meta" (store_version)
select 2
where not exists (select 1 from "shop"."_sluice"."meta");


-- merge into a new table

create schema if not exists "shop"."dest";

create table "shop"."dest"."events" (
  "id" VARCHAR,
  "datetime" TIMESTAMP WITH TIME ZONE,
  "value" DOUBLE,
  "event_properties" JSON,
  "_sluice_account" VARCHAR,
  "_sluice_synced_at" TIMESTAMP WITH TIME ZONE,
  "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE
);

create temp table "_sluice_known" as
select s.rowid as staged_row, t.target_row
from (select rowid as target_row, "_sluice_account", "id" from "shop"."dest"."events"
  where "datetime" between (select min(s."datetime") from "stage" as s)
    and (select max(s."datetime") from "stage" as s)) as t
join "stage" as s on t."_sluice_account" = s."_sluice_account" and t."id" = s."id";

create temp table "_sluice_verdict" as
select k.staged_row, k.target_row,
  coalesce(t."datetime" > s."datetime", false) as newer,
  (t."datetime" is distinct from s."datetime" or t."value" is distinct from s."value" or t."event_properties" is distinct from s."event_properties" or t."_sluice_deleted_at" is distinct from cast(null as TIMESTAMP WITH TIME ZONE)) as differs
from "_sluice_known" as k
join "shop"."dest"."events" as t on t.rowid = k.target_row
join "stage" as s on s.rowid = k.staged_row;

drop table "_sluice_known";

select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed
from "stage" as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from "_sluice_verdict" group by staged_row
) as v on v.staged_row = s.rowid;

delete from "shop"."dest"."events"
where rowid in (select target_row from "_sluice_verdict" where differs and not newer);

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where not exists (select 1 from "_sluice_verdict" as v where v.staged_row = s.rowid and (newer or not differs));

drop table "_sluice_verdict";


-- merge, reading again what was covered

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

create temp table "_sluice_known" as
select s.rowid as staged_row, t.target_row
from (select rowid as target_row, "_sluice_account", "id" from "shop"."dest"."events"
  where "datetime" between (select min(s."datetime") from "stage" as s)
    and (select max(s."datetime") from "stage" as s)) as t
join "stage" as s on t."_sluice_account" = s."_sluice_account" and t."id" = s."id";

create temp table "_sluice_verdict" as
select k.staged_row, k.target_row,
  coalesce(t."datetime" > s."datetime", false) as newer,
  (t."datetime" is distinct from s."datetime" or t."value" is distinct from s."value" or t."event_properties" is distinct from s."event_properties" or t."_sluice_deleted_at" is distinct from cast(null as TIMESTAMP WITH TIME ZONE)) as differs
from "_sluice_known" as k
join "shop"."dest"."events" as t on t.rowid = k.target_row
join "stage" as s on s.rowid = k.staged_row;

drop table "_sluice_known";

select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed,
  count(*) filter (where coalesce(v.changes, true) and (s."datetime" >= to_timestamp(cast($1 as double precision)) and s."datetime" < to_timestamp(cast($2 as double precision)))) as late,
  extract(epoch from min(s."datetime") filter (where coalesce(v.changes, true) and (s."datetime" >= to_timestamp(cast($3 as double precision)) and s."datetime" < to_timestamp(cast($4 as double precision))))) as earliest
from "stage" as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from "_sluice_verdict" group by staged_row
) as v on v.staged_row = s.rowid;
-- [1769299200,1769904000,1769299200,1769904000]

delete from "shop"."dest"."events"
where rowid in (select target_row from "_sluice_verdict" where differs and not newer);

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where not exists (select 1 from "_sluice_verdict" as v where v.staged_row = s.rowid and (newer or not differs));

drop table "_sluice_verdict";


-- merge of what the table holds nothing of

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

select
  count(*) as inserted
from "stage" as s;

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s;


-- merge of what the table may hold in two windows

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

create temp table "_sluice_known" as
select s.rowid as staged_row, t.target_row
from (select rowid as target_row, "_sluice_account", "id" from "shop"."dest"."events"
  where (("datetime" >= to_timestamp(cast($1 as double precision)) and "datetime" < to_timestamp(cast($2 as double precision))) or ("datetime" >= to_timestamp(cast($3 as double precision)) and "datetime" < to_timestamp(cast($4 as double precision))))) as t
join "stage" as s on t."_sluice_account" = s."_sluice_account" and t."id" = s."id";
-- [1769299200,1769299201,1769817600,1769904000]

create temp table "_sluice_verdict" as
select k.staged_row, k.target_row,
  coalesce(t."datetime" > s."datetime", false) as newer,
  (t."datetime" is distinct from s."datetime" or t."value" is distinct from s."value" or t."event_properties" is distinct from s."event_properties" or t."_sluice_deleted_at" is distinct from cast(null as TIMESTAMP WITH TIME ZONE)) as differs
from "_sluice_known" as k
join "shop"."dest"."events" as t on t.rowid = k.target_row
join "stage" as s on s.rowid = k.staged_row;

drop table "_sluice_known";

select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed
from "stage" as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from "_sluice_verdict" group by staged_row
) as v on v.staged_row = s.rowid;

delete from "shop"."dest"."events"
where rowid in (select target_row from "_sluice_verdict" where differs and not newer);

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where not exists (select 1 from "_sluice_verdict" as v where v.staged_row = s.rowid and (newer or not differs));

drop table "_sluice_verdict";


-- append of what the table holds nothing of

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

select
  count(*) as inserted
from "stage" as s;

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s;


-- merge of a cursor that moves, with a new column and one that the stage lacks

alter table "shop"."dest"."events" add column "value" DOUBLE;

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

create temp table "_sluice_known" as
select s.rowid as staged_row, t.target_row
from (select rowid as target_row, "_sluice_account", "id" from "shop"."dest"."events") as t
join "stage" as s on t."_sluice_account" = s."_sluice_account" and t."id" = s."id";

create temp table "_sluice_verdict" as
select k.staged_row, k.target_row,
  coalesce(t."datetime" > s."datetime", false) as newer,
  (t."datetime" is distinct from s."datetime" or t."value" is distinct from s."value" or t."event_properties" is distinct from s."event_properties" or t."_sluice_deleted_at" is distinct from cast(null as TIMESTAMP WITH TIME ZONE)) as differs
from "_sluice_known" as k
join "shop"."dest"."events" as t on t.rowid = k.target_row
join "stage" as s on s.rowid = k.staged_row;

drop table "_sluice_known";

select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed
from "stage" as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from "_sluice_verdict" group by staged_row
) as v on v.staged_row = s.rowid;

delete from "shop"."dest"."events"
where rowid in (select target_row from "_sluice_verdict" where differs and not newer);

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where not exists (select 1 from "_sluice_verdict" as v where v.staged_row = s.rowid and (newer or not differs));

drop table "_sluice_verdict";


-- append

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

create temp table "_sluice_fresh" as
select s.rowid as staged_row
from "stage" as s
where not exists (select 1 from "shop"."dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id" and t."datetime" is not distinct from s."datetime");

select
  count(*) as inserted
from "stage" as s
where s.rowid in (select staged_row from "_sluice_fresh");

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where s.rowid in (select staged_row from "_sluice_fresh");

drop table "_sluice_fresh";


-- append of whole rows, after merges

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

create temp table "_sluice_fresh" as
select s.rowid as staged_row
from "stage" as s
where not exists (select 1 from "shop"."dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id" and t."datetime" is not distinct from s."datetime" and t."value" is not distinct from s."value" and t."event_properties" is not distinct from s."event_properties");

select
  count(*) as inserted
from "stage" as s
where s.rowid in (select staged_row from "_sluice_fresh");

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where s.rowid in (select staged_row from "_sluice_fresh");

drop table "_sluice_fresh";


-- delete+insert

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

create temp table "_sluice_known" as
select s.rowid as staged_row, t.target_row
from (select rowid as target_row, "_sluice_account", "id" from "shop"."dest"."events"
  where "datetime" between (select min(s."datetime") from "stage" as s)
    and (select max(s."datetime") from "stage" as s)) as t
join "stage" as s on t."_sluice_account" = s."_sluice_account" and t."id" = s."id";

create temp table "_sluice_verdict" as
select k.staged_row, k.target_row,
  coalesce(t."datetime" > s."datetime", false) as newer,
  (t."datetime" is distinct from s."datetime" or t."value" is distinct from s."value" or t."event_properties" is distinct from s."event_properties" or t."_sluice_deleted_at" is distinct from cast(null as TIMESTAMP WITH TIME ZONE)) as differs
from "_sluice_known" as k
join "shop"."dest"."events" as t on t.rowid = k.target_row
join "stage" as s on s.rowid = k.staged_row;

drop table "_sluice_known";

create temp table "_sluice_gone" as
select t.rowid as target_row
from "shop"."dest"."events" as t
where t."_sluice_account" = $5
  and ((t."datetime" >= to_timestamp(cast($1 as double precision)) and t."datetime" < to_timestamp(cast($2 as double precision))) or (t."datetime" >= to_timestamp(cast($3 as double precision)) and t."datetime" < to_timestamp(cast($4 as double precision))))
  and t."_sluice_synced_at" < to_timestamp(cast($6 as double precision))
  and not exists (select 1 from "_sluice_verdict" as v where v.target_row = t.rowid);
-- [1767225600,1767312000,1767571200,1767657600,"shop",1769904000]

select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed
from "stage" as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from "_sluice_verdict" group by staged_row
) as v on v.staged_row = s.rowid;

select count(*) as deleted from "_sluice_gone";

delete from "shop"."dest"."events"
where rowid in (
  select target_row from "_sluice_verdict" where not newer
  union all
  select target_row from "_sluice_gone"
);

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where not exists (select 1 from "_sluice_verdict" as v where v.staged_row = s.rowid and (newer));

drop table "_sluice_verdict";

drop table "_sluice_gone";


-- a snapshot

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

create temp table "_sluice_known" as
select s.rowid as staged_row, t.target_row
from (select rowid as target_row, "_sluice_account", "id" from "shop"."dest"."events") as t
join "stage" as s on t."_sluice_account" = s."_sluice_account" and t."id" = s."id";

create temp table "_sluice_verdict" as
select k.staged_row, k.target_row,
  false as newer,
  (t."datetime" is distinct from s."datetime" or t."value" is distinct from s."value" or t."event_properties" is distinct from s."event_properties" or t."_sluice_deleted_at" is distinct from cast(null as TIMESTAMP WITH TIME ZONE)) as differs
from "_sluice_known" as k
join "shop"."dest"."events" as t on t.rowid = k.target_row
join "stage" as s on s.rowid = k.staged_row;

drop table "_sluice_known";

select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed
from "stage" as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from "_sluice_verdict" group by staged_row
) as v on v.staged_row = s.rowid;

delete from "shop"."dest"."events"
where rowid in (select target_row from "_sluice_verdict" where differs and not newer);

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where not exists (select 1 from "_sluice_verdict" as v where v.staged_row = s.rowid and (newer or not differs));

drop table "_sluice_verdict";

select count(*) as deleted
from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

update "shop"."dest"."events" as t
set "_sluice_deleted_at" = to_timestamp(cast($1 as double precision))
where t."_sluice_account" = $2
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- [1769904000,"shop"]


-- merge of a set: messages of the campaigns in the main stage

create schema if not exists "shop"."dest";

create table "shop"."dest"."events" (
  "campaign_id" VARCHAR,
  "id" VARCHAR,
  "datetime" TIMESTAMP WITH TIME ZONE,
  "value" DOUBLE,
  "event_properties" JSON,
  "_sluice_account" VARCHAR,
  "_sluice_synced_at" TIMESTAMP WITH TIME ZONE,
  "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE
);

create temp table "_sluice_known" as
select s.rowid as staged_row, t.target_row
from (select rowid as target_row, "_sluice_account", "id" from "shop"."dest"."events") as t
join "stage" as s on t."_sluice_account" = s."_sluice_account" and t."id" = s."id";

create temp table "_sluice_verdict" as
select k.staged_row, k.target_row,
  false as newer,
  (t."campaign_id" is distinct from s."campaign_id" or t."datetime" is distinct from s."datetime" or t."value" is distinct from s."value" or t."event_properties" is distinct from s."event_properties" or t."_sluice_deleted_at" is distinct from cast(null as TIMESTAMP WITH TIME ZONE)) as differs
from "_sluice_known" as k
join "shop"."dest"."events" as t on t.rowid = k.target_row
join "stage" as s on s.rowid = k.staged_row;

drop table "_sluice_known";

select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed
from "stage" as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from "_sluice_verdict" group by staged_row
) as v on v.staged_row = s.rowid;

delete from "shop"."dest"."events"
where rowid in (select target_row from "_sluice_verdict" where differs and not newer);

insert into "shop"."dest"."events" ("campaign_id", "id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."campaign_id", s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where not exists (select 1 from "_sluice_verdict" as v where v.staged_row = s.rowid and (newer or not differs));

drop table "_sluice_verdict";

select count(*) as deleted
from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_deleted_at" is null
  and t."campaign_id" in (select m."id" from "main" as m)
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

update "shop"."dest"."events" as t
set "_sluice_deleted_at" = to_timestamp(cast($1 as double precision))
where t."_sluice_account" = $2
  and t."_sluice_deleted_at" is null
  and t."campaign_id" in (select m."id" from "main" as m)
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- [1769904000,"shop"]


-- a snapshot read anew

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

select count(*) as inserted
from "stage" as s
where s."_sluice_account" = $1
  and not exists (select 1 from "shop"."dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

select count(*) as removed
from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and not exists (select 1 from "stage" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

delete from "shop"."dest"."events" as t
where t."_sluice_account" = $1;
-- ["shop"]

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "stage" as s
where s."_sluice_account" = $1;
-- ["shop"]


-- a roll call of an interval

select count(*) as asked from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_synced_at" <= to_timestamp(cast($2 as double precision))
  and (t."datetime" >= to_timestamp(cast($3 as double precision)) and t."datetime" < to_timestamp(cast($4 as double precision)));
-- ["shop",1769904000,1767225600,1767312000]

create table "shop"."dest"."events__sluice_roll_8d9001d32c" (
  called_by BIGINT not null,
  "id" VARCHAR not null
);

insert into "shop"."dest"."events__sluice_roll_8d9001d32c" (called_by, "id")
select 1769904000000, s."id"
from "stage" as s;

select count(*) as absent, floor(extract(epoch from min(t."datetime"))) as first_at, floor(extract(epoch from max(t."datetime"))) as last_at
from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_synced_at" <= to_timestamp(cast($2 as double precision))
  and (t."datetime" >= to_timestamp(cast($3 as double precision)) and t."datetime" < to_timestamp(cast($4 as double precision)))
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "shop"."dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id");
-- ["shop",1769904000,1767225600,1767312000]

select distinct t."id" as absent_key
from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_synced_at" <= to_timestamp(cast($2 as double precision))
  and (t."datetime" >= to_timestamp(cast($3 as double precision)) and t."datetime" < to_timestamp(cast($4 as double precision)))
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "shop"."dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id")
  and t."id" > $5
order by absent_key
limit 100;
-- ["shop",1769904000,1767225600,1767312000,"7q"]

select count(*) as gathered from "shop"."dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000;

select count(*) as back from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and t."_sluice_deleted_at" is not null
  and exists (select 1 from "shop"."dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id");
-- ["shop"]

update "shop"."dest"."events" as t
set "_sluice_deleted_at" = to_timestamp(cast($1 as double precision))
where t."_sluice_account" = $2
  and t."_sluice_synced_at" <= to_timestamp(cast($3 as double precision))
  and (t."datetime" >= to_timestamp(cast($4 as double precision)) and t."datetime" < to_timestamp(cast($5 as double precision)))
  and t."_sluice_deleted_at" is null
  and not exists (select 1 from "shop"."dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id");
-- [1769904000,"shop",1769904000,1767225600,1767312000]

update "shop"."dest"."events" as t
set "_sluice_deleted_at" = null
where t."_sluice_account" = $1
  and t."_sluice_deleted_at" is not null
  and exists (select 1 from "shop"."dest"."events__sluice_roll_8d9001d32c" as s where s.called_by = 1769904000000 and s."id" = t."id");
-- ["shop"]


-- a swap, other accounts in the table

alter table "shop"."dest"."events" add column "_sluice_deleted_at" TIMESTAMP WITH TIME ZONE;

select count(*) as inserted
from "shop"."dest"."events__sluice_aside_8d9001d32c" as s
where s."_sluice_account" = $1
  and not exists (select 1 from "shop"."dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

select count(*) as removed
from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and not exists (select 1 from "shop"."dest"."events__sluice_aside_8d9001d32c" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

delete from "shop"."dest"."events" as t
where t."_sluice_account" = $1;
-- ["shop"]

insert into "shop"."dest"."events" ("id", "datetime", "value", "event_properties", "_sluice_account", "_sluice_synced_at", "_sluice_deleted_at")
select s."id", s."datetime", s."value", s."event_properties", s."_sluice_account", s."_sluice_synced_at", cast(null as TIMESTAMP WITH TIME ZONE)
from "shop"."dest"."events__sluice_aside_8d9001d32c" as s
where s."_sluice_account" = $1;
-- ["shop"]

drop table "shop"."dest"."events__sluice_aside_8d9001d32c";


-- a swap, nobody else in the table

select count(*) as inserted
from "shop"."dest"."events__sluice_aside_8d9001d32c" as s
where s."_sluice_account" = $1
  and not exists (select 1 from "shop"."dest"."events" as t where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

select count(*) as removed
from "shop"."dest"."events" as t
where t."_sluice_account" = $1
  and not exists (select 1 from "shop"."dest"."events__sluice_aside_8d9001d32c" as s where t."_sluice_account" = s."_sluice_account" and t."id" = s."id");
-- ["shop"]

drop table "shop"."dest"."events";

alter table "shop"."dest"."events__sluice_aside_8d9001d32c" rename to "events";
