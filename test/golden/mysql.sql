-- the tables that remember

create database if not exists `_sluice`;

create table if not exists `_sluice`.`meta` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  store_version bigint not null
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

create table if not exists `_sluice`.`coverage` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  account longtext not null,
  source_table longtext not null,
  target longtext not null,
  pass longtext not null,
  from_at datetime(6) not null,
  to_at datetime(6) not null,
  read_at datetime(6) not null
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

create table if not exists `_sluice`.`snapshots` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  account longtext not null,
  source_table longtext not null,
  target longtext not null,
  taken_at datetime(6) not null,
  row_count bigint not null
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

create table if not exists `_sluice`.`unfinished_runs` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  account longtext not null,
  source_table longtext not null,
  target longtext not null,
  started_at datetime(6) not null,
  demand longtext not null,
  reread longtext not null
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

create table if not exists `_sluice`.`accounts` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  name longtext not null,
  identity longtext not null,
  first_seen datetime(6) not null
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

create table if not exists `_sluice`.`targets` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  account longtext not null,
  source_table longtext not null,
  target longtext not null,
  made_of longtext not null
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

insert into `_sluice`.`meta` (store_version)
select 2
where not exists (select 1 from `_sluice`.`meta`);


-- merge into a new table

create database if not exists `dest`;

create table `dest`.`events` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  `id` varchar(384),
  `datetime` datetime(6),
  `value` double,
  `event_properties` longtext check (json_valid(`event_properties`)),
  `_sluice_account` varchar(384),
  `_sluice_synced_at` datetime(6),
  `_sluice_deleted_at` datetime(6)
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

create unique index `events__sluice_key` on `dest`.`events` (`_sluice_account`, `id`);

select
  count(case when t.`_sluice_account` is null then 1 end) as inserted,
  count(case when not (t.`_sluice_account` is null) and (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false) then 1 end) as changed
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`;

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`
where t.`_sluice_account` is null or ((not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false))
on duplicate key update `datetime` = values(`datetime`), `value` = values(`value`), `event_properties` = values(`event_properties`), `_sluice_synced_at` = values(`_sluice_synced_at`), `_sluice_deleted_at` = values(`_sluice_deleted_at`);


-- merge, reading again what was covered

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select
  count(case when t.`_sluice_account` is null then 1 end) as inserted,
  count(case when not (t.`_sluice_account` is null) and (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false) then 1 end) as changed,
  count(case when (t.`_sluice_account` is null or (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false)) and (s.`datetime` >= cast($1 as datetime(6)) and s.`datetime` < cast($2 as datetime(6))) then 1 end) as late,
  timestampdiff(microsecond, '1970-01-01', min(case when (t.`_sluice_account` is null or (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false)) and (s.`datetime` >= cast($3 as datetime(6)) and s.`datetime` < cast($4 as datetime(6))) then s.`datetime` end)) / 1000000 as earliest
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`;
-- ["2026-01-25 00:00:00.000","2026-02-01 00:00:00.000","2026-01-25 00:00:00.000","2026-02-01 00:00:00.000"]

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`
where t.`_sluice_account` is null or ((not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false))
on duplicate key update `datetime` = values(`datetime`), `value` = values(`value`), `event_properties` = values(`event_properties`), `_sluice_synced_at` = values(`_sluice_synced_at`), `_sluice_deleted_at` = values(`_sluice_deleted_at`);


-- merge of what the table holds nothing of

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select
  count(case when t.`_sluice_account` is null then 1 end) as inserted,
  count(case when not (t.`_sluice_account` is null) and (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false) then 1 end) as changed
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`;

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`
where t.`_sluice_account` is null or ((not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false))
on duplicate key update `datetime` = values(`datetime`), `value` = values(`value`), `event_properties` = values(`event_properties`), `_sluice_synced_at` = values(`_sluice_synced_at`), `_sluice_deleted_at` = values(`_sluice_deleted_at`);


-- merge of what the table may hold in two windows

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select
  count(case when t.`_sluice_account` is null then 1 end) as inserted,
  count(case when not (t.`_sluice_account` is null) and (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false) then 1 end) as changed
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`;

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`
where t.`_sluice_account` is null or ((not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false))
on duplicate key update `datetime` = values(`datetime`), `value` = values(`value`), `event_properties` = values(`event_properties`), `_sluice_synced_at` = values(`_sluice_synced_at`), `_sluice_deleted_at` = values(`_sluice_deleted_at`);


-- append of what the table holds nothing of

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select
  count(*) as inserted
from `stage` as s;

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s;


-- merge of a cursor that moves, with a new column and one that the stage lacks

alter table `dest`.`events` add column `value` double;

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select
  count(case when t.`_sluice_account` is null then 1 end) as inserted,
  count(case when not (t.`_sluice_account` is null) and (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false) then 1 end) as changed
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`;

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`
where t.`_sluice_account` is null or ((not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false))
on duplicate key update `datetime` = values(`datetime`), `value` = values(`value`), `event_properties` = values(`event_properties`), `_sluice_synced_at` = values(`_sluice_synced_at`), `_sluice_deleted_at` = values(`_sluice_deleted_at`), `old` = default;


-- append

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select
  count(*) as inserted
from `stage` as s
where not exists (select 1 from `dest`.`events` as t where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id` and t.`datetime` <=> s.`datetime`);

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
where not exists (select 1 from `dest`.`events` as t where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id` and t.`datetime` <=> s.`datetime`);


-- append of whole rows, after merges

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

create index `events__sluice_versions` on `dest`.`events` (`_sluice_account`, `id`);

drop index `events__sluice_key` on `dest`.`events`;

select
  count(*) as inserted
from `stage` as s
where not exists (select 1 from `dest`.`events` as t where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id` and t.`datetime` <=> s.`datetime` and t.`value` <=> s.`value` and t.`event_properties` <=> s.`event_properties`);

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
where not exists (select 1 from `dest`.`events` as t where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id` and t.`datetime` <=> s.`datetime` and t.`value` <=> s.`value` and t.`event_properties` <=> s.`event_properties`);


-- delete+insert

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select
  count(case when t.`_sluice_account` is null then 1 end) as inserted,
  count(case when not (t.`_sluice_account` is null) and (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not coalesce(t.`datetime` > s.`datetime`, false) then 1 end) as changed
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`;

select count(*) as deleted
from `dest`.`events` as t
where t.`_sluice_account` = $1
  and ((t.`datetime` >= cast($2 as datetime(6)) and t.`datetime` < cast($3 as datetime(6))) or (t.`datetime` >= cast($4 as datetime(6)) and t.`datetime` < cast($5 as datetime(6))))
  and t.`_sluice_synced_at` < cast($6 as datetime(6))
  and not exists (select 1 from `stage` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop","2026-01-01 00:00:00.000","2026-01-02 00:00:00.000","2026-01-05 00:00:00.000","2026-01-06 00:00:00.000","2026-02-01 00:00:00.000"]

delete t from `dest`.`events` as t
where t.`_sluice_account` = $1
  and ((t.`datetime` >= cast($2 as datetime(6)) and t.`datetime` < cast($3 as datetime(6))) or (t.`datetime` >= cast($4 as datetime(6)) and t.`datetime` < cast($5 as datetime(6))))
  and t.`_sluice_synced_at` < cast($6 as datetime(6))
  and not exists (select 1 from `stage` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop","2026-01-01 00:00:00.000","2026-01-02 00:00:00.000","2026-01-05 00:00:00.000","2026-01-06 00:00:00.000","2026-02-01 00:00:00.000"]

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`
where t.`_sluice_account` is null or (not coalesce(t.`datetime` > s.`datetime`, false))
on duplicate key update `datetime` = values(`datetime`), `value` = values(`value`), `event_properties` = values(`event_properties`), `_sluice_synced_at` = values(`_sluice_synced_at`), `_sluice_deleted_at` = values(`_sluice_deleted_at`);


-- a snapshot

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select
  count(case when t.`_sluice_account` is null then 1 end) as inserted,
  count(case when not (t.`_sluice_account` is null) and (not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not false then 1 end) as changed
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`;

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`
where t.`_sluice_account` is null or ((not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not false)
on duplicate key update `datetime` = values(`datetime`), `value` = values(`value`), `event_properties` = values(`event_properties`), `_sluice_synced_at` = values(`_sluice_synced_at`), `_sluice_deleted_at` = values(`_sluice_deleted_at`);

select count(*) as deleted
from `dest`.`events` as t
where t.`_sluice_account` = $1
  and t.`_sluice_deleted_at` is null
  and not exists (select 1 from `stage` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop"]

update `dest`.`events` as t
set `_sluice_deleted_at` = cast($1 as datetime(6))
where t.`_sluice_account` = $2
  and t.`_sluice_deleted_at` is null
  and not exists (select 1 from `stage` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["2026-02-01 00:00:00.000","shop"]


-- merge of a set: messages of the campaigns in the main stage

create database if not exists `dest`;

create table `dest`.`events` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  `campaign_id` longtext,
  `id` varchar(384),
  `datetime` datetime(6),
  `value` double,
  `event_properties` longtext check (json_valid(`event_properties`)),
  `_sluice_account` varchar(384),
  `_sluice_synced_at` datetime(6),
  `_sluice_deleted_at` datetime(6)
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

create unique index `events__sluice_key` on `dest`.`events` (`_sluice_account`, `id`);

select
  count(case when t.`_sluice_account` is null then 1 end) as inserted,
  count(case when not (t.`_sluice_account` is null) and (not (t.`campaign_id` <=> s.`campaign_id`) or not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not false then 1 end) as changed
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`;

insert into `dest`.`events` (`campaign_id`, `id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`campaign_id`, s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
left join `dest`.`events` as t on t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`
where t.`_sluice_account` is null or ((not (t.`campaign_id` <=> s.`campaign_id`) or not (t.`datetime` <=> s.`datetime`) or not (t.`value` <=> s.`value`) or not (t.`event_properties` <=> s.`event_properties`) or not (t.`_sluice_deleted_at` <=> null)) and not false)
on duplicate key update `campaign_id` = values(`campaign_id`), `datetime` = values(`datetime`), `value` = values(`value`), `event_properties` = values(`event_properties`), `_sluice_synced_at` = values(`_sluice_synced_at`), `_sluice_deleted_at` = values(`_sluice_deleted_at`);

select count(*) as deleted
from `dest`.`events` as t
where t.`_sluice_account` = $1
  and t.`_sluice_deleted_at` is null
  and t.`campaign_id` in (select m.`id` from `main` as m)
  and not exists (select 1 from `stage` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop"]

update `dest`.`events` as t
set `_sluice_deleted_at` = cast($1 as datetime(6))
where t.`_sluice_account` = $2
  and t.`_sluice_deleted_at` is null
  and t.`campaign_id` in (select m.`id` from `main` as m)
  and not exists (select 1 from `stage` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["2026-02-01 00:00:00.000","shop"]


-- a snapshot read anew

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select count(*) as inserted
from `stage` as s
where s.`_sluice_account` = $1
  and not exists (select 1 from `dest`.`events` as t where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop"]

select count(*) as removed
from `dest`.`events` as t
where t.`_sluice_account` = $1
  and not exists (select 1 from `stage` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop"]

delete t from `dest`.`events` as t
where t.`_sluice_account` = $1;
-- ["shop"]

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `stage` as s
where s.`_sluice_account` = $1;
-- ["shop"]


-- a roll call of an interval

select count(*) as asked from `dest`.`events` as t
where t.`_sluice_account` = $1
  and t.`_sluice_synced_at` <= cast($2 as datetime(6))
  and (t.`datetime` >= cast($3 as datetime(6)) and t.`datetime` < cast($4 as datetime(6)));
-- ["shop","2026-02-01 00:00:00.000","2026-01-01 00:00:00.000","2026-01-02 00:00:00.000"]

create table `dest`.`events__sluice_roll_8d9001d32c` (
  `_sluice_row` bigint unsigned not null auto_increment invisible primary key,
  called_by bigint not null,
  `id` varchar(384) not null
) engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin;

insert into `dest`.`events__sluice_roll_8d9001d32c` (called_by, `id`)
select 1769904000000, s.`id`
from "stage" as s;

select count(*) as absent, floor(timestampdiff(microsecond, '1970-01-01', min(t.`datetime`)) / 1000000) as first_at, floor(timestampdiff(microsecond, '1970-01-01', max(t.`datetime`)) / 1000000) as last_at
from `dest`.`events` as t
where t.`_sluice_account` = $1
  and t.`_sluice_synced_at` <= cast($2 as datetime(6))
  and (t.`datetime` >= cast($3 as datetime(6)) and t.`datetime` < cast($4 as datetime(6)))
  and t.`_sluice_deleted_at` is null
  and not exists (select 1 from `dest`.`events__sluice_roll_8d9001d32c` as s where s.called_by = 1769904000000 and s.`id` = t.`id`);
-- ["shop","2026-02-01 00:00:00.000","2026-01-01 00:00:00.000","2026-01-02 00:00:00.000"]

select distinct t.`id` as absent_key
from `dest`.`events` as t
where t.`_sluice_account` = $1
  and t.`_sluice_synced_at` <= cast($2 as datetime(6))
  and (t.`datetime` >= cast($3 as datetime(6)) and t.`datetime` < cast($4 as datetime(6)))
  and t.`_sluice_deleted_at` is null
  and not exists (select 1 from `dest`.`events__sluice_roll_8d9001d32c` as s where s.called_by = 1769904000000 and s.`id` = t.`id`)
  and t.`id` > $5
order by absent_key
limit 100;
-- ["shop","2026-02-01 00:00:00.000","2026-01-01 00:00:00.000","2026-01-02 00:00:00.000","7q"]

select count(*) as gathered from `dest`.`events__sluice_roll_8d9001d32c` as s where s.called_by = 1769904000000;

select count(*) as back from `dest`.`events` as t
where t.`_sluice_account` = $1
  and t.`_sluice_deleted_at` is not null
  and exists (select 1 from `dest`.`events__sluice_roll_8d9001d32c` as s where s.called_by = 1769904000000 and s.`id` = t.`id`);
-- ["shop"]

update `dest`.`events` as t
set `_sluice_deleted_at` = cast($1 as datetime(6))
where t.`_sluice_account` = $2
  and t.`_sluice_synced_at` <= cast($3 as datetime(6))
  and (t.`datetime` >= cast($4 as datetime(6)) and t.`datetime` < cast($5 as datetime(6)))
  and t.`_sluice_deleted_at` is null
  and not exists (select 1 from `dest`.`events__sluice_roll_8d9001d32c` as s where s.called_by = 1769904000000 and s.`id` = t.`id`);
-- ["2026-02-01 00:00:00.000","shop","2026-02-01 00:00:00.000","2026-01-01 00:00:00.000","2026-01-02 00:00:00.000"]

update `dest`.`events` as t
set `_sluice_deleted_at` = null
where t.`_sluice_account` = $1
  and t.`_sluice_deleted_at` is not null
  and exists (select 1 from `dest`.`events__sluice_roll_8d9001d32c` as s where s.called_by = 1769904000000 and s.`id` = t.`id`);
-- ["shop"]


-- a swap, other accounts in the table

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select count(*) as inserted
from `dest`.`events__sluice_aside_8d9001d32c` as s
where s.`_sluice_account` = $1
  and not exists (select 1 from `dest`.`events` as t where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop"]

select count(*) as removed
from `dest`.`events` as t
where t.`_sluice_account` = $1
  and not exists (select 1 from `dest`.`events__sluice_aside_8d9001d32c` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop"]

delete t from `dest`.`events` as t
where t.`_sluice_account` = $1;
-- ["shop"]

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `dest`.`events__sluice_aside_8d9001d32c` as s
where s.`_sluice_account` = $1;
-- ["shop"]

delete from `dest`.`events__sluice_aside_8d9001d32c`;


-- a swap, nobody else in the table

alter table `dest`.`events` add column `_sluice_deleted_at` datetime(6);

select count(*) as inserted
from `dest`.`events__sluice_aside_8d9001d32c` as s
where s.`_sluice_account` = $1
  and not exists (select 1 from `dest`.`events` as t where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop"]

select count(*) as removed
from `dest`.`events` as t
where t.`_sluice_account` = $1
  and not exists (select 1 from `dest`.`events__sluice_aside_8d9001d32c` as s where t.`_sluice_account` = s.`_sluice_account` and t.`id` = s.`id`);
-- ["shop"]

delete t from `dest`.`events` as t
where t.`_sluice_account` = $1;
-- ["shop"]

insert into `dest`.`events` (`id`, `datetime`, `value`, `event_properties`, `_sluice_account`, `_sluice_synced_at`, `_sluice_deleted_at`)
select s.`id`, s.`datetime`, s.`value`, s.`event_properties`, s.`_sluice_account`, s.`_sluice_synced_at`, null
from `dest`.`events__sluice_aside_8d9001d32c` as s
where s.`_sluice_account` = $1;
-- ["shop"]

delete from `dest`.`events__sluice_aside_8d9001d32c`;
