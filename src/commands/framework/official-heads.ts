/**
 * The leading keywords of the reference's commands (626 of them), so that one that Calypso does not have is refused
 * by its name. From the public grammar list EngineCommandInfos.cs of microsoft/Kusto-Query-Language. A line is
 * `words: last words`, one command head for each last word; `*` stands for a name, `()` for a list. The last
 * lines are commands of the data management service, which that list leaves out.
 */
export const OFFICIAL_HEADS = `
add cluster: admins alldatabasesadmins alldatabasesmonitors alldatabasesviewers blockedprincipals databasecreators monitors ops users viewers
add database *: admins ingestors monitors unrestrictedviewers users viewers
add database: admins ingestors monitors unrestrictedviewers users viewers
add external table *: admins
add follower database *: admins from monitors unrestrictedviewers users viewers
add function *: admins
add graph_model *: admins
add materialized-view *: admins
add table *: admins ingestors
alter async cluster storage: keys
alter async database * storage: keys
alter async table * extent: tags
alter cache: on
alter cluster policy caching: hot hotdata
alter cluster policy: callout capacity diagnostics ingestionbatching managed_identity multidatabaseadmins query_weak_consistency request_classification rowstore sandbox sharding streamingingestion
alter cluster storage: keys
alter column * policy caching: hot hotdata
alter column * policy: encoding
alter column * policy encoding: type
alter column *: type
alter columns policy: encoding
alter database * ingestion avro: mapping
alter database * ingestion azmonstream: mapping
alter database * ingestion csv: mapping
alter database * ingestion json: mapping
alter database * ingestion orc: mapping
alter database * ingestion parquet: mapping
alter database * ingestion w3clogfile: mapping
alter database * persist: metadata
alter database * policy caching: hot hotdata
alter database * policy: diagnostics encoding extent_tags_retention ingestionbatching managed_identity merge retention sharding shards_grouping streamingingestion
alter database * policy streamingingestion: disable enable
alter database *: prettyname
alter database * storage: keys
alter database policy caching: hot hotdata
alter database policy: diagnostics encoding extent_tags_retention ingestionbatching managed_identity merge retention sharding shards_grouping streamingingestion
alter database policy streamingingestion: disable enable
alter database: prettyname
alter: entity_group function mirroring-template table
alter extentcontainers *: add drop recycle
alter extentcontainers * recycle: older
alter extentcontainers * recycle older *: hours
alter extentcontainers * set: state
alter external table * (): kind
alter external table *: docstring folder kind mapping
alter external table * policy: query_acceleration
alter external table * policy row_level_security: disable enable
alter fabric: service
alter follower cluster configuration: from
alter follower database *: caching-policies-modification-kind database-name-override from metadata prefetch-extents principals-modification-kind
alter follower database * external tables exclude: add drop
alter follower database * external tables include: add drop
alter follower database * materialized-view * policy caching: hot hotdata
alter follower database * materialized-views () policy caching: hot hotdata
alter follower database * materialized-views exclude: add drop
alter follower database * materialized-views include: add drop
alter follower database * policy caching: hot hotdata
alter follower database * table * policy caching: hot hotdata
alter follower database * tables () policy caching: hot hotdata
alter follower database * tables exclude: add drop
alter follower database * tables include: add drop
alter function *: docstring folder
alter graph_model * policy caching: hot hotdata
alter graph_model * policy: retention
alter materialized-view * autoupdateschema: false true
alter materialized-view *: docstring folder lookback
alter materialized-view * on: materialized-view table
alter materialized-view * policy caching: hot hotdata
alter materialized-view * policy: partitioning retention
alter materialized-view * policy row_level_security: disable enable
alter materialized-view dimensionmaterializedviews * on: materialized-view table
alter materialized-view dimensiontables * on: materialized-view table
alter materialized-view lookback * on: materialized-view table
alter materialized-view lookback_column * on: materialized-view table
alter mirroring-template *: kind
alter policies of: retention
alter policies of retention: internal
alter table * (): docstring folder
alter table * column: statistics
alter table * column statistics: method
alter table *: column-docstrings docstring folder
alter table * columns policy: encoding
alter table * extent: tags
alter table * ingestion avro: mapping
alter table * ingestion azmonstream: mapping
alter table * ingestion csv: mapping
alter table * ingestion json: mapping
alter table * ingestion orc: mapping
alter table * ingestion parquet: mapping
alter table * ingestion w3clogfile: mapping
alter table * policy: auto_delete encoding extent_tags_retention ingestionbatching merge mirroring partitioning retention roworder sharding streamingingestion update
alter table * policy caching: hot hotdata
alter table * policy ingestiontime: true
alter table * policy mirroring: kind
alter table * policy mirroring partition by (): kind pathformat
alter table * policy restricted_view_access: false true
alter table * policy row_level_security: disable enable
alter table * policy rowid: false true
alter table * policy streamingingestion: disable enable
alter table * rowstore_references disable blocked: keys
alter table * rowstore_references disable: key rowstore
alter table * rowstore_references drop blocked: keys
alter table * rowstore_references drop: key rowstore
alter tables () policy caching: hot hotdata
alter tables () policy: ingestionbatching merge retention roworder
alter tables () policy ingestiontime: true
alter tables () policy restricted_view_access: false true
alter tables () policy rowid: false true
alter-merge async table * extent: tags
alter-merge cluster policy: callout capacity diagnostics ingestionbatching managed_identity multidatabaseadmins query_weak_consistency request_classification rowstore sharding streamingingestion
alter-merge column * policy: encoding
alter-merge database * ingestion avro: mapping
alter-merge database * ingestion azmonstream: mapping
alter-merge database * ingestion csv: mapping
alter-merge database * ingestion json: mapping
alter-merge database * ingestion orc: mapping
alter-merge database * ingestion parquet: mapping
alter-merge database * ingestion w3clogfile: mapping
alter-merge database * policy: diagnostics encoding ingestionbatching managed_identity merge retention sharding shards_grouping streamingingestion
alter-merge database * policy retention: recoverability softdelete
alter-merge database policy: diagnostics encoding ingestionbatching managed_identity merge retention sharding shards_grouping streamingingestion
alter-merge database policy retention: recoverability softdelete
alter-merge: entity_group mirroring-template table workload_group
alter-merge external table * policy: query_acceleration
alter-merge materialized-view * policy: merge partitioning retention
alter-merge materialized-view * policy retention: recoverability softdelete
alter-merge mirroring-template *: kind
alter-merge table * (): docstring folder
alter-merge table *: column-docstrings
alter-merge table * extent: tags
alter-merge table * ingestion avro: mapping
alter-merge table * ingestion azmonstream: mapping
alter-merge table * ingestion csv: mapping
alter-merge table * ingestion json: mapping
alter-merge table * ingestion orc: mapping
alter-merge table * ingestion parquet: mapping
alter-merge table * ingestion w3clogfile: mapping
alter-merge table * policy: encoding ingestionbatching merge mirroring partitioning retention roworder sharding streamingingestion update
alter-merge table * policy mirroring: kind
alter-merge table * policy mirroring partition by (): kind pathformat
alter-merge table * policy retention: recoverability softdelete
: append ingest merge set-or-append set-or-replace
apply: mirroring-template
attach async: extents
attach database *: from
attach database all *: from
attach database metadata *: from
attach: extents from
attach extents into table * by: container
cancel: operation query
clean databases (): extentcontainers
clean databases async (): extentcontainers
clean databases async: extentcontainers
clean databases: extentcontainers
clear async table *: data
clear cache remote-schema: cluster
clear cluster cache: credstore external-artifacts groupmembership outboundaccesspolicy
clear database cache: query_results query_weak_consistency
clear database cache streamingingestion: schema
clear materialized-view *: data statistics
clear table * cache streamingingestion: schema
clear table *: data
create async ifnotexists materialized-view * on: materialized-view table
create async ifnotexists materialized-view autoupdateschema * on: materialized-view table
create async ifnotexists materialized-view backfill * on: materialized-view table
create async ifnotexists materialized-view dimensionmaterializedviews * on: materialized-view table
create async ifnotexists materialized-view dimensiontables * on: materialized-view table
create async ifnotexists materialized-view docstring * on: materialized-view table
create async ifnotexists materialized-view effectivedatetime * on: materialized-view table
create async ifnotexists materialized-view folder * on: materialized-view table
create async ifnotexists materialized-view lookback * on: materialized-view table
create async ifnotexists materialized-view lookback_column * on: materialized-view table
create async ifnotexists materialized-view updateextentscreationtime * on: materialized-view table
create async materialized-view * on: materialized-view table
create async materialized-view autoupdateschema * on: materialized-view table
create async materialized-view backfill * on: materialized-view table
create async materialized-view dimensionmaterializedviews * on: materialized-view table
create async materialized-view dimensiontables * on: materialized-view table
create async materialized-view docstring * on: materialized-view table
create async materialized-view effectivedatetime * on: materialized-view table
create async materialized-view folder * on: materialized-view table
create async materialized-view lookback * on: materialized-view table
create async materialized-view lookback_column * on: materialized-view table
create async materialized-view updateextentscreationtime * on: materialized-view table
create: database entity_group function mirroring-template request_memoryprofile request_support rowstore table tables tempstorage
create database *: ifnotexists persist volatile
create database * ingestion avro: mapping
create database * ingestion azmonstream: mapping
create database * ingestion csv: mapping
create database * ingestion json: mapping
create database * ingestion orc: mapping
create database * ingestion parquet: mapping
create database * ingestion w3clogfile: mapping
create database * persist (): ifnotexists
create database * volatile: ifnotexists
create entity_group *: ifnotexists
create external table * (): kind
create external table *: kind mapping
create function: ifnotexists
create ifnotexists materialized-view * on: materialized-view table
create ifnotexists materialized-view autoupdateschema * on: materialized-view table
create ifnotexists materialized-view backfill * on: materialized-view table
create ifnotexists materialized-view dimensionmaterializedviews * on: materialized-view table
create ifnotexists materialized-view dimensiontables * on: materialized-view table
create ifnotexists materialized-view docstring * on: materialized-view table
create ifnotexists materialized-view effectivedatetime * on: materialized-view table
create ifnotexists materialized-view folder * on: materialized-view table
create ifnotexists materialized-view lookback * on: materialized-view table
create ifnotexists materialized-view lookback_column * on: materialized-view table
create ifnotexists materialized-view updateextentscreationtime * on: materialized-view table
create materialized-view * on: materialized-view table
create materialized-view autoupdateschema * on: materialized-view table
create materialized-view backfill * on: materialized-view table
create materialized-view dimensionmaterializedviews * on: materialized-view table
create materialized-view dimensiontables * on: materialized-view table
create materialized-view docstring * on: materialized-view table
create materialized-view effectivedatetime * on: materialized-view table
create materialized-view folder * on: materialized-view table
create materialized-view lookback * on: materialized-view table
create materialized-view lookback_column * on: materialized-view table
create materialized-view updateextentscreationtime * on: materialized-view table
create mirroring-template *: kind
create table * (): docstring folder
create table *: based-on
create table * based-on *: docstring folder ifnotexists
create table * based-on * ifnotexists: docstring folder
create table * ingestion avro: mapping
create table * ingestion azmonstream: mapping
create table * ingestion csv: mapping
create table * ingestion json: mapping
create table * ingestion orc: mapping
create table * ingestion parquet: mapping
create table * ingestion w3clogfile: mapping
create-merge: table tables
create-merge table * (): docstring folder
create-or-alter continuous-export * over () to: table
create-or-alter continuous-export * to: table
create-or-alter database * ingestion avro: mapping
create-or-alter database * ingestion azmonstream: mapping
create-or-alter database * ingestion csv: mapping
create-or-alter database * ingestion json: mapping
create-or-alter database * ingestion orc: mapping
create-or-alter database * ingestion parquet: mapping
create-or-alter database * ingestion w3clogfile: mapping
create-or-alter: entity_group function graph_model mirroring-template workload_group
create-or-alter external table * (): kind
create-or-alter external table *: kind
create-or-alter materialized-view * on: materialized-view table
create-or-alter materialized-view autoupdateschema * on: materialized-view table
create-or-alter materialized-view backfill * on: materialized-view table
create-or-alter materialized-view dimensionmaterializedviews * on: materialized-view table
create-or-alter materialized-view dimensiontables * on: materialized-view table
create-or-alter materialized-view docstring * on: materialized-view table
create-or-alter materialized-view effectivedatetime * on: materialized-view table
create-or-alter materialized-view folder * on: materialized-view table
create-or-alter materialized-view lookback * on: materialized-view table
create-or-alter materialized-view lookback_column * on: materialized-view table
create-or-alter materialized-view updateextentscreationtime * on: materialized-view table
create-or-alter mirroring-template *: kind
create-or-alter table * ingestion avro: mapping
create-or-alter table * ingestion azmonstream: mapping
create-or-alter table * ingestion csv: mapping
create-or-alter table * ingestion json: mapping
create-or-alter table * ingestion orc: mapping
create-or-alter table * ingestion parquet: mapping
create-or-alter table * ingestion w3clogfile: mapping
define: table tables
define table * (): docstring folder
delete async materialized-view *: records
delete async table *: records
delete cluster policy: caching callout managed_identity request_classification rowstore sandbox sharding streamingingestion
delete column * policy: caching encoding
delete database * policy: caching diagnostics encoding extent_tags_retention ingestionbatching managed_identity merge retention sharding shards_grouping streamingingestion
delete external table * policy: query_acceleration row_level_security
delete follower database * materialized-view * policy: caching
delete follower database * materialized-views () policy: caching
delete follower database * policy: caching
delete follower database * table * policy: caching
delete follower database * tables () policy: caching
delete graph_model * policy: caching
delete materialized-view * policy: caching partitioning row_level_security
delete materialized-view *: records
delete: mirroring-template
delete policies of: retention
delete table * policy: auto_delete caching encoding extent_tags_retention ingestionbatching ingestiontime merge mirroring partitioning restricted_view_access retention row_level_security rowid roworder sharding streamingingestion update
delete table *: records
detach: database rowstore
detach database *: ifexists skip-seal
detach database * ifexists: skip-seal
detach rowstore *: ifexists
disable cluster: maintenance_mode
disable: continuous-export materialized-view plugin
disable database *: maintenance_mode
disable database: streamingingestion_maintenance_mode
drop async empty extentcontainers *: until
drop async table * extent: tags
drop cluster: admins alldatabasesadmins alldatabasesmonitors alldatabasesviewers blockedprincipals databasecreators monitors ops users viewers
drop cluster all storage artifacts cleanup: state
drop cluster data storage artifacts cleanup: state
drop cluster metadata storage artifacts cleanup: state
drop: column continuous-export database entity_group extent extents function functions graph_model graph_shards graph_snapshot graph_snapshots materialized-view rowstore stored_query_result storedqueryresultcontainers table tables workload_group
drop database *: admins ifexists ingestors monitors prettyname skip-seal unrestrictedviewers users viewers
drop database * ifexists: skip-seal
drop database * ingestion avro: mapping
drop database * ingestion azmonstream: mapping
drop database * ingestion csv: mapping
drop database * ingestion json: mapping
drop database * ingestion orc: mapping
drop database * ingestion parquet: mapping
drop database * ingestion w3clogfile: mapping
drop empty extentcontainers *: until
drop extent tags: retention
drop extents (): from
drop extents: from older whatif
drop extents from *: limit
drop extents from * trim by: datasize extentsize
drop extents from all: tables
drop extents from all tables: limit
drop extents from all tables trim by: datasize extentsize
drop extents partition metadata from table *: between
drop external: table
drop external table *: admins mapping
drop fabric: service
drop follower database *: admins from monitors unrestrictedviewers users viewers
drop follower database * admins: from
drop follower database * monitors: from
drop follower database * unrestrictedviewers: from
drop follower database * users: from
drop follower database * viewers: from
drop follower databases (): from
drop function *: admins ifexists
drop functions (): ifexists
drop graph_model *: admins
drop materialized-view *: admins
drop rowstore *: ifexists
drop stored_query_results by: user
drop table *: admins columns ifexists ingestors
drop table * extent: tags
drop table * ingestion avro: mapping
drop table * ingestion azmonstream: mapping
drop table * ingestion csv: mapping
drop table * ingestion json: mapping
drop table * ingestion orc: mapping
drop table * ingestion parquet: mapping
drop table * ingestion w3clogfile: mapping
drop tables (): ifexists
drop tempstorage: older
drop unused: storedqueryresultcontainers
drop-pretend extents: from older
drop-pretend extents from *: limit
drop-pretend extents from * trim by: datasize extentsize
drop-pretend extents from all: tables
drop-pretend extents from all tables: limit
drop-pretend extents from all tables trim by: datasize extentsize
enable cluster: maintenance_mode
enable: continuous-export materialized-view plugin
enable database *: maintenance_mode
enable database: streamingingestion_maintenance_mode
execute cluster: script
execute database: script
execute: script
export async compressed to: csv json parquet tsv
export async to: csv json parquet sql table tsv
export compressed to: csv json parquet tsv
export to: csv json parquet sql table tsv
load database *: from
load database all *: from
load database metadata *: from
load: from
make async: graph_shards
make async graph_snapshot *: from
make: graph_shards
make graph_snapshot *: from
merge: async dryrun
merge database: shard-groups
move async extents all from table * to: table
move async extents from table * to: table
move async extents to: table
move extents all from table * to: table
move extents from table * to: table
move extents to: table
patch extents corrupted: datetime
patch table * extents corrupted: datetime
rename column *: to
rename: columns tables
rename materialized-view *: to
rename table *: to
replace async extents in: table
replace database: keyvaultsecrets
replace extents in: table
set access * to: readonly readwrite
set async ifnotexists: stored_query_result
set async ifnotexists stored_query_result *: creationtime distributed docstring extend_schema folder format ignorefirstrecord ingestifnotexists ingestionmapping ingestionmappingreference persistdetails policy_ingestiontime recreate_schema small_dimension_table tags validationpolicy zippattern
set async: stored_query_result
set async stored_query_result *: creationtime distributed docstring extend_schema folder format ignorefirstrecord ingestifnotexists ingestionmapping ingestionmappingreference persistdetails policy_ingestiontime recreate_schema small_dimension_table tags validationpolicy zippattern
set cluster: admins alldatabasesadmins alldatabasesmonitors alldatabasesviewers databasecreators monitors ops users viewers
set cluster admins: none
set cluster alldatabasesadmins: none
set cluster alldatabasesmonitors: none
set cluster alldatabasesviewers: none
set cluster databasecreators: none
set cluster monitors: none
set cluster ops: none
set cluster users: none
set cluster viewers: none
set continuous-export * cursor: to
set database *: admins ingestors monitors prettyname unrestrictedviewers users viewers
set database * admins: none
set database * ingestors: none
set database * monitors: none
set database * unrestrictedviewers: none
set database * users: none
set database * viewers: none
set database: prettyname
set external table *: admins
set external table * admins: none
set function *: admins
set function * admins: none
set graph_model *: admins
set graph_model * admins: none
set ifnotexists: stored_query_result
set ifnotexists stored_query_result *: creationtime distributed docstring extend_schema folder format ignorefirstrecord ingestifnotexists ingestionmapping ingestionmappingreference persistdetails policy_ingestiontime recreate_schema small_dimension_table tags validationpolicy zippattern
set materialized-view *: admins concurrency
set materialized-view * admins: none
set materialized-view * cursor: to
set: stored_query_result
set stored_query_result *: creationtime distributed docstring extend_schema folder format ignorefirstrecord ingestifnotexists ingestionmapping ingestionmappingreference persistdetails policy_ingestiontime recreate_schema small_dimension_table tags validationpolicy zippattern
set table *: admins ingestors rowstore_references
set table * admins: none
set table * ingestors: none
set-or-replace async: stored_query_result
set-or-replace async stored_query_result *: creationtime distributed docstring extend_schema folder format ignorefirstrecord ingestifnotexists ingestionmapping ingestionmappingreference persistdetails policy_ingestiontime recreate_schema small_dimension_table tags validationpolicy zippattern
set-or-replace: stored_query_result
set-or-replace stored_query_result *: creationtime distributed docstring extend_schema folder format ignorefirstrecord ingestifnotexists ingestionmapping ingestionmappingreference persistdetails policy_ingestiontime recreate_schema small_dimension_table tags validationpolicy zippattern
show *: extent
show * extent: details
show: cache callstacks certificates clockdiagnostics cloudsettings cluster commands commands-and-queries commconcurrency commpools continuous-export continuous-exports database databases diagnostics entity_group entity_groups extentcontainers fabric fabriccache fabricclocks fabriclocks featureflags filesystem freshness function functions graph_model graph_models graph_snapshot graph_snapshots journal materialized-view materialized-views memory mempools mirroring-template mirroring-templates operation operations plugins principal queries queryexecution queryplan request_support rowstore rowstores schema servicepoints stored_query_results table tables tcpconnections tcpports threadpools version whatsgoingon workload_group workload_groups
show capacity: data-export extents-merge extents-partition graph_snapshot ingestions materialized-view mirroring periodic-storage-artifacts-cleanup purge-storage-artifacts-cleanup queries query-acceleration stored-query-results streaming-ingestion-post-processing table-purge
show cluster admin: state
show cluster: blockedprincipals databases details extents journal monitoring network principal principals scalein schema services
show cluster databases (): datastats details identity metadata policies verbose
show cluster databases: datastats details identity metadata policies verbose
show cluster extents (): hot metadata where
show cluster extents () hot: metadata where
show cluster extents () hot metadata: where
show cluster extents () metadata: where
show cluster extents: hot metadata where
show cluster extents hot: metadata where
show cluster extents hot metadata: where
show cluster extents metadata: where
show cluster ingestion apacheavro: mappings
show cluster ingestion avro: mappings
show cluster ingestion azmonstream: mappings
show cluster ingestion csv: mappings
show cluster ingestion json: mappings
show cluster ingestion: mappings
show cluster ingestion orc: mappings
show cluster ingestion parquet: mappings
show cluster ingestion w3clogfile: mappings
show cluster pending: continuous-exports
show cluster policy: caching callout capacity diagnostics ingestionbatching managed_identity multidatabaseadmins query_weak_consistency request_classification rowstore sandbox sharding streamingingestion
show cluster principal: roles
show cluster sandboxes: stats
show cluster scalein *: nodes
show cluster schema as: json
show cluster schema: details
show cluster storage keys: hash
show column * policy: caching encoding
show continuous-export *: exported-artifacts failures
show data: operations
show database *: cslschema entity extents journal kqlschema principal principals schema
show database * cslschema: if_later_than script
show database * cslschema script: if_later_than
show database * extentcontainers clean: operations
show database * extents (): hot metadata where
show database * extents () hot: metadata where
show database * extents () hot metadata: where
show database * extents () metadata: where
show database * extents: hot metadata where
show database * extents hot: metadata where
show database * extents hot metadata: where
show database * extents metadata: where
show database * extents partitioning: statistics
show database * ingestion apacheavro: mappings
show database * ingestion avro: mappings
show database * ingestion azmonstream: mappings
show database * ingestion csv: mappings
show database * ingestion json: mappings
show database * ingestion: mappings
show database * ingestion orc: mappings
show database * ingestion parquet: mappings
show database * ingestion w3clogfile: mappings
show database * kqlschema: if_later_than script
show database * kqlschema script: if_later_than
show database * policy: caching diagnostics encoding extent_tags_retention ingestionbatching managed_identity merge retention sharding shards_grouping streamingingestion
show database * policy hardretention: violations
show database * policy softretention: violations
show database * principal: roles
show database * purge: operation operations
show database * schema as: csl json kql
show database * schema as csl: script
show database * schema as kql: script
show database * schema: details if_later_than violations
show database * schema details: if_later_than
show database * shard-groups: statistics
show database cache: query_results
show database: cslschema datastats details extents identity kqlschema metadata policies principals schema verbose
show database cslschema: if_later_than script
show database cslschema script: if_later_than
show database data storage artifacts cleanup: state
show database extent tags: statistics
show database extents (): hot metadata where
show database extents () hot: metadata where
show database extents () hot metadata: where
show database extents () metadata: where
show database extents: hot metadata where
show database extents hot: metadata where
show database extents hot metadata: where
show database extents metadata: where
show database extents partitioning: statistics
show database ingestion apacheavro: mappings
show database ingestion avro: mappings
show database ingestion azmonstream: mappings
show database ingestion csv: mappings
show database ingestion json: mappings
show database ingestion: mappings
show database ingestion orc: mappings
show database ingestion parquet: mappings
show database ingestion w3clogfile: mappings
show database keyvault: secrets
show database kqlschema: if_later_than script
show database kqlschema script: if_later_than
show database metadata storage artifacts cleanup: state
show database policy: caching diagnostics extent_tags_retention ingestionbatching managed_identity merge retention sharding shards_grouping streamingingestion
show database schema as: csl json kql
show database schema as csl: script
show database schema as kql: script
show database schema: details if_later_than violations
show database schema details: if_later_than
show database shard-groups: statistics
show databases (): datastats details extents identity metadata policies schema verbose
show databases () extents (): hot metadata where
show databases () extents () hot: metadata where
show databases () extents () hot metadata: where
show databases () extents () metadata: where
show databases () extents: hot metadata where
show databases () extents hot: metadata where
show databases () extents hot metadata: where
show databases () extents metadata: where
show databases () schema as: json
show databases () schema: details
show databases () schema details as: json
show databases: datastats details entities identity metadata policies schema verbose
show databases management: groups
show databases schema as: json
show databases schema: details
show databases schema details as: json
show entity * schema as: json
show entity * schema as json: except
show entity * schema as json in: databases
show extents corrupted: datetime
show external: table tables
show external table *: artifacts cslschema details kqlschema mapping mappings principal principals
show external table * artifacts: limit
show external table * operations query_acceleration: statistics
show external table * policy: query_acceleration row_level_security
show external table * principal: roles
show external table * schema as: csl json kql
show external tables: details
show external tables operations query_acceleration: statistics
show follower: database databases
show freshness *: column threshold
show freshness * column *: threshold
show function *: principal principals
show function * principal: roles
show function * schema as: json
show graph_model *: details principal principals
show graph_model * policy: caching retention
show graph_model * principal: roles
show graph_models: details
show graph_snapshot * data: statistics
show graph_snapshot *: details statistics
show graph_snapshots * data: statistics
show graph_snapshots *: details failures statistics
show ingestion apacheavro: mappings
show ingestion avro: mappings
show ingestion azmonstream: mappings
show ingestion csv: mappings
show ingestion: failures mappings
show ingestion json: mappings
show ingestion orc: mappings
show ingestion parquet: mappings
show ingestion w3clogfile: mappings
show materialized-view *: cslschema details diagnostics extents failures kqlschema principals statistics
show materialized-view * extents (): hot
show materialized-view * extents: hot
show materialized-view * policy: caching merge partitioning retention row_level_security
show materialized-view * schema as: json
show materialized-views (): details
show materialized-views: details
show memory: details
show principal: access roles
show query: call-tree
show queryplan: reconstructcsl showexternalartifacts
show rowstore: seals transactions
show running: callouts queries
show running queries: by
show running queries by: user
show schema as: json
show schema: details
show stored_query_result *: schema
show streamingingestion: failures statistics
show table * column: statistics
show table * columns: classification
show table *: cslschema details dimensions extents kqlschema principal principals rowstore_references rowstore_sealinfo rowstores shard-groups shards-group
show table * data: statistics
show table * extents (): hot metadata where
show table * extents () hot: metadata where
show table * extents () hot metadata: where
show table * extents () metadata: where
show table * extents corrupted: datetime
show table * extents: hot metadata where
show table * extents hot: metadata where
show table * extents hot metadata: where
show table * extents metadata: where
show table * ingestion avro: mapping mappings
show table * ingestion azmonstream: mapping mappings
show table * ingestion csv: mapping mappings
show table * ingestion json: mapping mappings
show table * ingestion: mapping mappings
show table * ingestion orc: mapping mappings
show table * ingestion parquet: mapping mappings
show table * ingestion w3clogfile: mapping mappings
show table * operations: mirroring-exported-artifacts mirroring-failures mirroring-status
show table * policy: auto_delete caching encoding extent_tags_retention ingestionbatching ingestiontime merge mirroring partitioning restricted_view_access retention row_level_security rowid roworder sharding streamingingestion update
show table * principal: roles
show table * schema as: json
show table * shard-groups: statistics
show tables (): details extents
show tables () extents (): hot metadata where
show tables () extents () hot: metadata where
show tables () extents () hot metadata: where
show tables () extents () metadata: where
show tables () extents: hot metadata where
show tables () extents hot: metadata where
show tables () extents hot metadata: where
show tables () extents metadata: where
show tables () shard-groups: statistics
show tables column statistics: older
show tables: details
show tables shard-groups: statistics
shuffle async table *: extents
shuffle async table * extents: all
shuffle table *: extents
shuffle table * extents: all
undo drop: extentcontainer
undo drop table * as *: version
undo drop table *: version
update async table * delete *: append
update table * delete *: append
: dup-next-failed-ingest dup-next-ingest ingest-from-storage-queued purge
cancel queued ingestion: operation
get ingestion: resources
get kusto identity: token
list: blobs
show queued ingestion: operations
`;
