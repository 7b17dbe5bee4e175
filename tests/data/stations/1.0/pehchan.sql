BEGIN TRANSACTION;
CREATE TABLE account_makers (
	id VARCHAR(36) NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	maker_id VARCHAR(100) NOT NULL, 
	made_at DATETIME NOT NULL, 
	CONSTRAINT pk_account_makers PRIMARY KEY (id), 
	CONSTRAINT fk_account_makers_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE account_requests (
	id VARCHAR(36) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	user_id VARCHAR(36), 
	content TEXT NOT NULL, 
	requested_by VARCHAR(36) NOT NULL, 
	requested_at DATETIME NOT NULL, 
	first_prefix VARCHAR(24), 
	first_sha256 VARCHAR(64), 
	CONSTRAINT pk_account_requests PRIMARY KEY (id), 
	CONSTRAINT fk_account_requests_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT fk_account_requests_requested_by FOREIGN KEY(requested_by) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE aliases (
	record_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_aliases PRIMARY KEY (record_id, ordinal), 
	CONSTRAINT fk_aliases_record_id FOREIGN KEY(record_id) REFERENCES records (id) ON DELETE CASCADE
);
CREATE TABLE api_keys (
	id VARCHAR(36) NOT NULL, 
	owner_id VARCHAR(36) NOT NULL, 
	label VARCHAR(100) NOT NULL, 
	prefix VARCHAR(24) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	scopes VARCHAR(1000) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	revoked_at DATETIME, 
	CONSTRAINT pk_api_keys PRIMARY KEY (id), 
	CONSTRAINT uq_api_keys_sha256 UNIQUE (sha256), 
	CONSTRAINT fk_api_keys_owner_id FOREIGN KEY(owner_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE audit_entries (
	number INTEGER NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	actor_id VARCHAR(100) NOT NULL, 
	unit VARCHAR(44) NOT NULL, 
	address VARCHAR(100) NOT NULL, 
	request_id VARCHAR(100) NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	case_number VARCHAR(40) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	subject_id VARCHAR(100) NOT NULL, 
	detail TEXT NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	credential VARCHAR(60) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_entries PRIMARY KEY (number)
);
INSERT INTO "audit_entries" VALUES(1,'2026-12-03T09:26:15.244289Z','local:root','national','local','','','','record.enrol','bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11','{"digest":"b6896ef375b7ad6e6dedf0ad080e7c9c8dddaf521dfd327be7f7cf8f148b27f6","encounter":"fdf07479-4304-4dfc-b55a-414775b639b5","samples":[1]}','0000000000000000000000000000000000000000000000000000000000000000','','53cb32717becacd85f10325a7346ec1532bab21a70d33faa9beeaff84c2ff3a3');
INSERT INTO "audit_entries" VALUES(2,'2026-12-03T09:26:15.331657Z','service','national','','','','','check.make','bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11','{"cases":[],"encounter":"fdf07479-4304-4dfc-b55a-414775b639b5"}','53cb32717becacd85f10325a7346ec1532bab21a70d33faa9beeaff84c2ff3a3','','ef8167e52d12f961d4771fde8528414d262e8d44ad21a631bd21b1a14144e81d');
INSERT INTO "audit_entries" VALUES(3,'2026-12-03T09:26:25.942028Z','local:root','national','local','','','','record.enrol','118f66fc-86c8-4963-a2c6-d1e7be23f929','{"digest":"789a46ac59085e22cd64a88c01b269e3c43c548acb50d92ee7024a6cc074395c","encounter":"e6340bae-9bda-4ce1-b644-5888e015fd17","samples":[2]}','ef8167e52d12f961d4771fde8528414d262e8d44ad21a631bd21b1a14144e81d','','9169640aedfd87bf59321eb2281b84f6551b4244c95105449647c9c5db17390e');
INSERT INTO "audit_entries" VALUES(4,'2026-12-03T09:27:35.401067Z','service','national','','','','','check.make','118f66fc-86c8-4963-a2c6-d1e7be23f929','{"cases":[],"encounter":"e6340bae-9bda-4ce1-b644-5888e015fd17"}','9169640aedfd87bf59321eb2281b84f6551b4244c95105449647c9c5db17390e','','54b8889331dd09db8983c6572d9b92fb083b46f8d8d8c4b25aef8a80432ddae8');
INSERT INTO "audit_entries" VALUES(5,'2026-12-03T09:27:48.387377Z','local:root','national','local','','investigation','12/2026','search.make','1a5ca218-3685-4bbc-b14e-e8e75e7dfa9b','{"digest":"9cb3a76f7adff862fdbfe4a6663bef4dd2127d2c7c85e4c7594efe34ac548d30","gallery":2,"probes":1,"records":["bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11","118f66fc-86c8-4963-a2c6-d1e7be23f929"],"withheld":[]}','54b8889331dd09db8983c6572d9b92fb083b46f8d8d8c4b25aef8a80432ddae8','','3f25084f176bc23310f4cba9d5b2f8dfa4fca54845fdbb3bacee58ff3e97499f');
INSERT INTO "audit_entries" VALUES(6,'2026-12-03T09:27:52.148415Z','local:root','national','local','','','','account.create','8d26b7a5-4239-4f75-b9fe-a06d42605732','{"roles":["station_officer"],"unit":"27/519/27519004"}','3f25084f176bc23310f4cba9d5b2f8dfa4fca54845fdbb3bacee58ff3e97499f','','b9d89948ca7e6eba40871b2dc8f7ce6abfeb2750db91f79750e01414a8d95bbb');
CREATE TABLE audit_heads (
	number INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	public_key VARCHAR(64) NOT NULL, 
	signature VARCHAR(128) NOT NULL, 
	CONSTRAINT pk_audit_heads PRIMARY KEY (number)
);
CREATE TABLE case_allocations (
	case_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	examiner VARCHAR(100) NOT NULL, 
	assigned_by VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_case_allocations PRIMARY KEY (case_id, ordinal), 
	CONSTRAINT fk_case_allocations_case_id FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
CREATE TABLE case_analyses (
	case_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	of_value BOOLEAN NOT NULL, 
	notes TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	marks JSON, 
	pattern VARCHAR(2), 
	drawings JSON, 
	CONSTRAINT pk_case_analyses PRIMARY KEY (case_id, ordinal), 
	CONSTRAINT fk_case_analyses_case_id FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
CREATE TABLE case_comments (
	case_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	is_blind BOOLEAN NOT NULL, 
	CONSTRAINT pk_case_comments PRIMARY KEY (case_id, ordinal), 
	CONSTRAINT fk_case_comments_case_id FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
CREATE TABLE case_looks (
	case_id VARCHAR(36) NOT NULL, 
	ordinal INTEGER NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	side VARCHAR(20) NOT NULL, 
	image VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_case_looks PRIMARY KEY (case_id, ordinal), 
	CONSTRAINT fk_case_looks_case_id FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
CREATE TABLE case_opinions (
	case_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	part VARCHAR(20) NOT NULL, 
	conclusion VARCHAR(20) NOT NULL, 
	notes TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	looked_at JSON NOT NULL, 
	because TEXT NOT NULL, 
	unit VARCHAR(44) NOT NULL, 
	probe VARCHAR(40) NOT NULL, 
	candidate VARCHAR(40) NOT NULL, 
	marks JSON, 
	against_ratio BOOLEAN NOT NULL, 
	grounds TEXT NOT NULL, 
	unmarked_because TEXT NOT NULL, 
	basis JSON, 
	adjustments JSON NOT NULL, 
	drawings JSON, 
	CONSTRAINT pk_case_opinions PRIMARY KEY (case_id, ordinal), 
	CONSTRAINT fk_case_opinions_case_id FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
CREATE TABLE case_parts (
	case_id VARCHAR(36) NOT NULL, 
	part VARCHAR(20) NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	informed BOOLEAN NOT NULL, 
	CONSTRAINT pk_case_parts PRIMARY KEY (case_id, part), 
	CONSTRAINT uq_case_parts_case_id_actor UNIQUE (case_id, actor), 
	CONSTRAINT fk_case_parts_case_id FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
CREATE TABLE case_working_marks (
	case_id VARCHAR(36) NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	version INTEGER NOT NULL, 
	marks JSON NOT NULL, 
	adjustments JSON NOT NULL, 
	drawings JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_case_working_marks PRIMARY KEY (case_id, actor), 
	CONSTRAINT fk_case_working_marks_case_id FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
CREATE TABLE cases (
	id VARCHAR(36) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	asked VARCHAR(120), 
	kind VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	outcome VARCHAR(20), 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	candidate_id VARCHAR(36) NOT NULL, 
	candidate_search_id VARCHAR(36), 
	record_id VARCHAR(36), 
	encounter_id VARCHAR(36), 
	search_id VARCHAR(36), 
	standing_id VARCHAR(36), 
	owner VARCHAR(100) NOT NULL, 
	state_code VARCHAR(2) NOT NULL, 
	district_code VARCHAR(20) NOT NULL, 
	station_code VARCHAR(20) NOT NULL, 
	score DOUBLE NOT NULL, 
	rank INTEGER NOT NULL, 
	hint VARCHAR(20) NOT NULL, 
	detail JSON NOT NULL, 
	verified VARCHAR(100) NOT NULL, 
	due VARCHAR(20), 
	withdrawn_by VARCHAR(100), 
	withdrawn_because TEXT, 
	version INTEGER NOT NULL, 
	is_urgent BOOLEAN NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_asked UNIQUE (asked)
);
CREATE TABLE changes (
	sequence INTEGER NOT NULL, 
	operation VARCHAR(20) NOT NULL, 
	template_id INTEGER NOT NULL, 
	modality VARCHAR(20) NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_changes PRIMARY KEY (sequence)
);
INSERT INTO "changes" VALUES(1,'add',1,'fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221');
INSERT INTO "changes" VALUES(2,'add',2,'fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221');
CREATE TABLE clearances (
	id VARCHAR(36) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	state_code VARCHAR(2) NOT NULL, 
	district_code VARCHAR(20) NOT NULL, 
	station_code VARCHAR(20) NOT NULL, 
	search_id VARCHAR(36) NOT NULL, 
	request JSON, 
	requested_by VARCHAR(100) NOT NULL, 
	requested_at DATETIME NOT NULL, 
	decision JSON, 
	decided_by VARCHAR(100), 
	decided_at DATETIME, 
	expires_on DATE, 
	statement TEXT, 
	ended_by VARCHAR(100), 
	ended_at DATETIME, 
	ended_because TEXT, 
	erase_on DATE, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_clearances PRIMARY KEY (id), 
	CONSTRAINT uq_clearances_number UNIQUE (number), 
	CONSTRAINT uq_clearances_search_id UNIQUE (search_id), 
	CONSTRAINT fk_clearances_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
CREATE TABLE counters (
	name VARCHAR(50) NOT NULL, 
	value BIGINT NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('national number 27',2);
INSERT INTO "counters" VALUES('people',2);
INSERT INTO "counters" VALUES('change',2);
INSERT INTO "counters" VALUES('audit',6);
CREATE TABLE data_keys (
	id VARCHAR(40) NOT NULL, 
	wrapped BLOB NOT NULL, 
	master_id VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_data_keys PRIMARY KEY (id)
);
INSERT INTO "data_keys" VALUES('bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11',X'74EE03CB96DC9CDF8D4224502E7EC9319D4E200B450315BCF00E377A00EB59050CC9943C0F5FB2CDCCDCC94DC0196B7510C8821381BAFC7DEFFC29FF','0af8d579ee88b006','2026-12-03 09:26:15.169942');
INSERT INTO "data_keys" VALUES('snapshots',X'46DBD4953852CC61C1C2A11593EA1ECD38E3A0EAC2F37D778821876AECD72CDCA3343CD4B11AA9935B9CF766D7F9B87B0A2B57AE0F9606EB889D37D7','0af8d579ee88b006','2026-12-03 09:26:15.349764');
INSERT INTO "data_keys" VALUES('118f66fc-86c8-4963-a2c6-d1e7be23f929',X'D7FA783A6D9642EE430A9A93E33F77BBA7FF91DDD02A769F8043F1F225857602505834AE5FCE900E690BCC0BDD8C3F9C89FC822919CA6F82A657A095','0af8d579ee88b006','2026-12-03 09:26:25.924243');
INSERT INTO "data_keys" VALUES('1a5ca218-3685-4bbc-b14e-e8e75e7dfa9b',X'498D0F127F6F781811431CA2680B188C780FE2C9E1E5395A390D9BDF904A08E87874776335F8EB2F7A7318E0139107085A00ED054BE288AB651F2391','0af8d579ee88b006','2026-12-03 09:27:48.375678');
INSERT INTO "data_keys" VALUES('accounts',X'3403852563DCF0CC6528F2A10C9C324848CB81D689F665E52871EE1F3A9D18F46F0EAF5EEB46A29315DA432D243262595F4A78A3A5E8CB2045D7D6BF','0af8d579ee88b006','2026-12-03 09:27:52.128674');
CREATE TABLE described_mark_terms (
	record_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	term VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_described_mark_terms PRIMARY KEY (record_id, ordinal, term), 
	CONSTRAINT fk_described_mark_terms_record_id FOREIGN KEY(record_id) REFERENCES records (id) ON DELETE CASCADE
);
CREATE TABLE encounter_galleries (
	encounter_id VARCHAR(36) NOT NULL, 
	gallery VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_encounter_galleries PRIMARY KEY (encounter_id, gallery), 
	CONSTRAINT fk_encounter_galleries_encounter_id FOREIGN KEY(encounter_id) REFERENCES osia_encounters (encounter_id) ON DELETE CASCADE
);
CREATE TABLE encounter_links (
	id VARCHAR(36) NOT NULL, 
	from_id VARCHAR(36) NOT NULL, 
	to_id VARCHAR(36) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_encounter_links PRIMARY KEY (id), 
	CONSTRAINT fk_encounter_links_from_id FOREIGN KEY(from_id) REFERENCES encounters (id) ON DELETE CASCADE, 
	CONSTRAINT fk_encounter_links_to_id FOREIGN KEY(to_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE encounter_versions (
	encounter_id VARCHAR(36) NOT NULL, 
	number INTEGER NOT NULL, 
	content JSON NOT NULL, 
	client_content BLOB, 
	changed_at DATETIME NOT NULL, 
	changed_by VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_encounter_versions PRIMARY KEY (encounter_id, number), 
	CONSTRAINT fk_encounter_versions_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE encounters (
	id VARCHAR(36) NOT NULL, 
	record_id VARCHAR(36) NOT NULL, 
	fir_number VARCHAR(40) NOT NULL, 
	station_code VARCHAR(20) NOT NULL, 
	district_code VARCHAR(20) NOT NULL, 
	state_code VARCHAR(2) NOT NULL, 
	date DATE NOT NULL, 
	officer VARCHAR(200) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	created_at DATETIME NOT NULL, 
	fir_year SMALLINT, 
	time TIME, 
	place VARCHAR(200), 
	device VARCHAR(100), 
	legal_basis VARCHAR(20), 
	record_created_at DATETIME, 
	enrolled_by VARCHAR(100), 
	CONSTRAINT pk_encounters PRIMARY KEY (id), 
	CONSTRAINT fk_encounters_record_id FOREIGN KEY(record_id) REFERENCES records (id) ON DELETE CASCADE
);
INSERT INTO "encounters" VALUES('fdf07479-4304-4dfc-b55a-414775b639b5','bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11','12/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 09:26:15.195613',2026,NULL,NULL,NULL,'unstated','2026-12-03 09:26:15.178157','local:root');
INSERT INTO "encounters" VALUES('e6340bae-9bda-4ce1-b644-5888e015fd17','118f66fc-86c8-4963-a2c6-d1e7be23f929','13/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 09:26:25.929362',2026,NULL,NULL,NULL,'unstated','2026-12-03 09:26:25.926593','local:root');
CREATE TABLE enrolment_checks (
	encounter_id VARCHAR(36) NOT NULL, 
	owner VARCHAR(100) NOT NULL, 
	requested_at DATETIME NOT NULL, 
	tries SMALLINT NOT NULL, 
	model VARCHAR(64), 
	CONSTRAINT pk_enrolment_checks PRIMARY KEY (encounter_id), 
	CONSTRAINT fk_enrolment_checks_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE expungements (
	id VARCHAR(36) NOT NULL, 
	record_id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	content TEXT NOT NULL, 
	signature VARCHAR(128), 
	version INTEGER NOT NULL, 
	unit VARCHAR(44) NOT NULL, 
	leftovers BLOB, 
	CONSTRAINT pk_expungements PRIMARY KEY (id)
);
CREATE TABLE identity (
	id VARCHAR(36) NOT NULL, 
	database_id VARCHAR(36), 
	master_id VARCHAR(64), 
	CONSTRAINT pk_identity PRIMARY KEY (id)
);
INSERT INTO "identity" VALUES('05e001c9-0afa-4cdc-b5c6-54b63d8425fb','2b61d0bf-66a6-4590-b9bb-5ea626f2c7ea','0af8d579ee88b006');
CREATE TABLE image_sweeps (
	part VARCHAR(1) NOT NULL, 
	begun_at DATETIME NOT NULL, 
	CONSTRAINT pk_image_sweeps PRIMARY KEY (part)
);
CREATE TABLE inactive_encounters (
	encounter_id VARCHAR(36) NOT NULL, 
	CONSTRAINT pk_inactive_encounters PRIMARY KEY (encounter_id), 
	CONSTRAINT fk_inactive_encounters_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE key_copies (
	place VARCHAR(1000) NOT NULL, 
	written_at DATETIME NOT NULL, 
	master_id VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_key_copies PRIMARY KEY (place)
);
CREATE TABLE latent_links (
	id VARCHAR(36) NOT NULL, 
	first_id VARCHAR(36) NOT NULL, 
	second_id VARCHAR(36) NOT NULL, 
	score DOUBLE NOT NULL, 
	found_at DATETIME NOT NULL, 
	CONSTRAINT pk_latent_links PRIMARY KEY (id), 
	CONSTRAINT uq_latent_links_first_id_second_id UNIQUE (first_id, second_id), 
	CONSTRAINT fk_latent_links_first_id FOREIGN KEY(first_id) REFERENCES standing_searches (id) ON DELETE CASCADE, 
	CONSTRAINT fk_latent_links_second_id FOREIGN KEY(second_id) REFERENCES standing_searches (id) ON DELETE CASCADE
);
CREATE TABLE lineup_answers (
	lineup_id INTEGER NOT NULL, 
	viewing SMALLINT NOT NULL, 
	number SMALLINT NOT NULL, 
	position SMALLINT, 
	choice VARCHAR(20) NOT NULL, 
	words TEXT NOT NULL, 
	confidence TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_lineup_answers PRIMARY KEY (lineup_id, viewing, number), 
	CONSTRAINT fk_lineup_answers_lineup_id FOREIGN KEY(lineup_id) REFERENCES lineups (id) ON DELETE CASCADE
);
CREATE TABLE lineup_members (
	lineup_id INTEGER NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	record_id VARCHAR(36) NOT NULL, 
	sample_id INTEGER NOT NULL, 
	is_suspect BOOLEAN NOT NULL, 
	box JSON NOT NULL, 
	photo_sha256 VARCHAR(64) NOT NULL, 
	look JSON NOT NULL, 
	band VARCHAR(20), 
	CONSTRAINT pk_lineup_members PRIMARY KEY (lineup_id, ordinal), 
	CONSTRAINT fk_lineup_members_lineup_id FOREIGN KEY(lineup_id) REFERENCES lineups (id) ON DELETE CASCADE
);
CREATE TABLE lineup_viewings (
	lineup_id INTEGER NOT NULL, 
	number SMALLINT NOT NULL, 
	witness VARCHAR(100) NOT NULL, 
	witness_key VARCHAR(100) NOT NULL, 
	operator VARCHAR(100) NOT NULL, 
	present TEXT NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	started_at DATETIME NOT NULL, 
	seed VARCHAR(64) NOT NULL, 
	photo_order JSON NOT NULL, 
	commitment VARCHAR(64) NOT NULL, 
	ended_at DATETIME, 
	remarks TEXT NOT NULL, 
	seal VARCHAR(64), 
	CONSTRAINT pk_lineup_viewings PRIMARY KEY (lineup_id, number), 
	CONSTRAINT uq_lineup_viewings_lineup_id_witness_key UNIQUE (lineup_id, witness_key), 
	CONSTRAINT fk_lineup_viewings_lineup_id FOREIGN KEY(lineup_id) REFERENCES lineups (id) ON DELETE CASCADE
);
CREATE TABLE lineups (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	owner VARCHAR(100) NOT NULL, 
	state_code VARCHAR(2) NOT NULL, 
	district_code VARCHAR(20) NOT NULL, 
	station_code VARCHAR(20) NOT NULL, 
	fir_number VARCHAR(40) NOT NULL, 
	description TEXT NOT NULL, 
	sought JSON NOT NULL, 
	presentation VARCHAR(20) NOT NULL, 
	greyscale BOOLEAN NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	created_at DATETIME NOT NULL, 
	ready_at DATETIME, 
	commitment VARCHAR(64), 
	closed_at DATETIME, 
	closed_because TEXT, 
	seal VARCHAR(64), 
	version INTEGER NOT NULL
);
CREATE TABLE link_checks (
	standing_id VARCHAR(36) NOT NULL, 
	requested_at DATETIME NOT NULL, 
	tries SMALLINT NOT NULL, 
	CONSTRAINT pk_link_checks PRIMARY KEY (standing_id), 
	CONSTRAINT fk_link_checks_standing_id FOREIGN KEY(standing_id) REFERENCES standing_searches (id) ON DELETE CASCADE
);
CREATE TABLE mark_terms (
	sample_id INTEGER NOT NULL, 
	term VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_mark_terms PRIMARY KEY (sample_id, term), 
	CONSTRAINT fk_mark_terms_sample_id FOREIGN KEY(sample_id) REFERENCES samples (id) ON DELETE CASCADE
);
CREATE TABLE merges (
	id VARCHAR(36) NOT NULL, 
	survivor_id VARCHAR(36) NOT NULL, 
	merged_id VARCHAR(36) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	aliases JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(100) NOT NULL, 
	undone_at DATETIME, 
	undone_by VARCHAR(100), 
	undone_because VARCHAR(300), 
	CONSTRAINT pk_merges PRIMARY KEY (id), 
	CONSTRAINT fk_merges_survivor_id FOREIGN KEY(survivor_id) REFERENCES records (id) ON DELETE CASCADE, 
	CONSTRAINT fk_merges_merged_id FOREIGN KEY(merged_id) REFERENCES records (id) ON DELETE CASCADE
);
CREATE TABLE missing_fingers (
	encounter_id VARCHAR(36) NOT NULL, 
	finger_position SMALLINT NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_missing_fingers PRIMARY KEY (encounter_id, finger_position), 
	CONSTRAINT fk_missing_fingers_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE models_in_use (
	id VARCHAR(36) NOT NULL, 
	modality VARCHAR(20) NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	in_force BOOLEAN NOT NULL, 
	replaced_at DATETIME, 
	wanted BOOLEAN NOT NULL, 
	complete_to INTEGER NOT NULL, 
	started_at DATETIME, 
	to_do INTEGER NOT NULL, 
	done INTEGER NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_models_in_use PRIMARY KEY (id), 
	CONSTRAINT uq_models_in_use_modality_model UNIQUE (modality, model)
);
INSERT INTO "models_in_use" VALUES('86d4b145-de42-579a-a4ad-2fb976b215fc','fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221','leader',1,NULL,0,0,NULL,0,0,'2026-12-03 09:26:13.800783');
INSERT INTO "models_in_use" VALUES('aa073fd3-4a95-50b6-aa6f-2fc6b4b48c6f','face','7a7de8336b204bf14a8ba57a6c9a1c067aae1a79afa83eadcc12495749a3096f','sface',1,NULL,0,0,NULL,0,0,'2026-12-03 09:26:13.807623');
INSERT INTO "models_in_use" VALUES('7e4245d2-3a6f-5e14-8b7b-cbf0b70c43be','iris','0a5a8c1a27fe97b1dc3f7ae16c3c6c57d2b9262dd89051320ab45e93d66c8bc3','iris',1,NULL,0,0,NULL,0,0,'2026-12-03 09:26:13.812060');
INSERT INTO "models_in_use" VALUES('40ede935-d3ee-5d46-906b-615785865a96','palm','28ceed376d4ea966eb57ec7c2dbe03298eac2df7df0f253e707840c3353101f4','palm',1,NULL,0,0,NULL,0,0,'2026-12-03 09:26:13.816532');
INSERT INTO "models_in_use" VALUES('981e8725-346d-5024-aed2-13f949b03be4','mark','204d6bdba5b5f4c214e2a26acc7a94d77d843b8838f7053a87743d434f3e834e','mark',1,NULL,0,0,NULL,0,0,'2026-12-03 09:26:13.823768');
CREATE TABLE moves (
	id VARCHAR(36) NOT NULL, 
	encounter_id VARCHAR(36) NOT NULL, 
	from_id VARCHAR(36) NOT NULL, 
	to_id VARCHAR(36) NOT NULL, 
	merge_id VARCHAR(36), 
	undoes_id VARCHAR(36), 
	emptied BOOLEAN NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_moves PRIMARY KEY (id), 
	CONSTRAINT fk_moves_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE, 
	CONSTRAINT fk_moves_from_id FOREIGN KEY(from_id) REFERENCES records (id) ON DELETE CASCADE, 
	CONSTRAINT fk_moves_to_id FOREIGN KEY(to_id) REFERENCES records (id) ON DELETE CASCADE, 
	CONSTRAINT fk_moves_merge_id FOREIGN KEY(merge_id) REFERENCES merges (id) ON DELETE CASCADE
);
CREATE TABLE name_words (
	record_id VARCHAR(36) NOT NULL, 
	word VARCHAR(60) NOT NULL, 
	"key" VARCHAR(60) NOT NULL, 
	CONSTRAINT pk_name_words PRIMARY KEY (record_id, word), 
	CONSTRAINT fk_name_words_record_id FOREIGN KEY(record_id) REFERENCES records (id) ON DELETE CASCADE
);
INSERT INTO "name_words" VALUES('bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11','asa','AS');
INSERT INTO "name_words" VALUES('bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11','verma','VRM');
INSERT INTO "name_words" VALUES('bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11','asaverma','ASVRM');
INSERT INTO "name_words" VALUES('118f66fc-86c8-4963-a2c6-d1e7be23f929','ravi','RV');
INSERT INTO "name_words" VALUES('118f66fc-86c8-4963-a2c6-d1e7be23f929','kan','KN');
INSERT INTO "name_words" VALUES('118f66fc-86c8-4963-a2c6-d1e7be23f929','ravikan','RVKN');
CREATE TABLE notifications (
	number INTEGER NOT NULL, 
	recipient VARCHAR(100) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	about VARCHAR(36) NOT NULL, 
	standing_id VARCHAR(36), 
	record_id VARCHAR(36), 
	created_at DATETIME NOT NULL, 
	read_at DATETIME, 
	CONSTRAINT pk_notifications PRIMARY KEY (number), 
	CONSTRAINT uq_notifications_recipient_kind_about UNIQUE (recipient, kind, about)
);
CREATE TABLE once_keys (
	id VARCHAR(36) NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	step VARCHAR(20) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	answer JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_once_keys PRIMARY KEY (id), 
	CONSTRAINT uq_once_keys_actor_key_step UNIQUE (actor, "key", step)
);
CREATE TABLE osia_encounters (
	encounter_id VARCHAR(36) NOT NULL, 
	client_id VARCHAR(100) NOT NULL, 
	encounter_type VARCHAR(100) NOT NULL, 
	updated_at DATETIME NOT NULL, 
	content BLOB, 
	task_id VARCHAR(36), 
	CONSTRAINT pk_osia_encounters PRIMARY KEY (encounter_id), 
	CONSTRAINT fk_osia_encounters_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE osia_persons (
	record_id VARCHAR(36) NOT NULL, 
	person_id VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_osia_persons PRIMARY KEY (record_id), 
	CONSTRAINT fk_osia_persons_record_id FOREIGN KEY(record_id) REFERENCES records (id) ON DELETE CASCADE, 
	CONSTRAINT uq_osia_persons_person_id UNIQUE (person_id)
);
CREATE TABLE outcomes (
	id VARCHAR(36) NOT NULL, 
	encounter_id VARCHAR(36) NOT NULL, 
	event VARCHAR(20) NOT NULL, 
	date DATE NOT NULL, 
	court VARCHAR(200) NOT NULL, 
	verdict VARCHAR(22), 
	case_number VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(100) NOT NULL, 
	withdrawn_at DATETIME, 
	withdrawn_by VARCHAR(100), 
	withdrawn_because VARCHAR(300), 
	replaced_by VARCHAR(36), 
	CONSTRAINT pk_outcomes PRIMARY KEY (id), 
	CONSTRAINT fk_outcomes_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE person_versions (
	record_id VARCHAR(36) NOT NULL, 
	version INTEGER NOT NULL, 
	content JSON NOT NULL, 
	changed_at DATETIME NOT NULL, 
	changed_by VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_person_versions PRIMARY KEY (record_id, version), 
	CONSTRAINT fk_person_versions_record_id FOREIGN KEY(record_id) REFERENCES records (id) ON DELETE CASCADE
);
CREATE TABLE probe_templates (
	id VARCHAR(36) NOT NULL, 
	search_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	network VARCHAR(64), 
	data BLOB, 
	holder VARCHAR(36) NOT NULL, 
	leased_until DATETIME, 
	tries SMALLINT NOT NULL, 
	code VARCHAR(100), 
	detail TEXT, 
	CONSTRAINT pk_probe_templates PRIMARY KEY (id), 
	CONSTRAINT uq_probe_templates_search_id_ordinal_model UNIQUE (search_id, ordinal, model), 
	CONSTRAINT fk_probe_templates_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
CREATE TABLE records (
	id VARCHAR(36) NOT NULL, 
	national_number VARCHAR(10) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	sex VARCHAR(20) NOT NULL, 
	birth_year SMALLINT, 
	particulars JSON, 
	created_at DATETIME NOT NULL, 
	version INTEGER NOT NULL, 
	merged_into VARCHAR(36), 
	bare_state VARCHAR(2), 
	CONSTRAINT pk_records PRIMARY KEY (id), 
	CONSTRAINT uq_records_national_number UNIQUE (national_number)
);
INSERT INTO "records" VALUES('bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11','2700000001','Asha Verma','unknown',NULL,'{}','2026-12-03 09:26:15.178157',1,NULL,NULL);
INSERT INTO "records" VALUES('118f66fc-86c8-4963-a2c6-d1e7be23f929','2700000002','Ravi Khan','unknown',NULL,'{}','2026-12-03 09:26:25.926593',1,NULL,NULL);
CREATE TABLE reextractions (
	sample_id INTEGER NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	holder VARCHAR(36) NOT NULL, 
	leased_until DATETIME, 
	tries SMALLINT NOT NULL, 
	code VARCHAR(100), 
	detail TEXT, 
	CONSTRAINT pk_reextractions PRIMARY KEY (sample_id, model), 
	CONSTRAINT fk_reextractions_sample_id FOREIGN KEY(sample_id) REFERENCES samples (id) ON DELETE CASCADE
);
CREATE TABLE refresh_tokens (
	sha256 VARCHAR(64) NOT NULL, 
	session_id VARCHAR(36) NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_refresh_tokens PRIMARY KEY (sha256), 
	CONSTRAINT fk_refresh_tokens_session_id FOREIGN KEY(session_id) REFERENCES user_sessions (id) ON DELETE CASCADE
);
CREATE TABLE replaced_samples (
	sample_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	CONSTRAINT pk_replaced_samples PRIMARY KEY (sample_id), 
	CONSTRAINT fk_replaced_samples_sample_id FOREIGN KEY(sample_id) REFERENCES samples (id) ON DELETE CASCADE
);
CREATE TABLE retention_orders (
	id VARCHAR(36) NOT NULL, 
	encounter_id VARCHAR(36) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	authority VARCHAR(200) NOT NULL, 
	reference VARCHAR(100) NOT NULL, 
	date DATE NOT NULL, 
	until DATE, 
	reason VARCHAR(300) NOT NULL, 
	hold_id VARCHAR(36), 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_retention_orders PRIMARY KEY (id), 
	CONSTRAINT fk_retention_orders_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE samples (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	encounter_id VARCHAR(36) NOT NULL, 
	modality VARCHAR(20) NOT NULL, 
	finger_position SMALLINT, 
	impression SMALLINT, 
	media_type VARCHAR(100) NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	ppi DOUBLE, 
	quality SMALLINT, 
	quality_faults VARCHAR(200), 
	quality_parts JSON, 
	accepted_because VARCHAR(300), 
	image_sha256 VARCHAR(64) NOT NULL, 
	image_name VARCHAR(64), 
	image_bytes INTEGER NOT NULL, 
	filename VARCHAR(255) NOT NULL, 
	photo_view VARCHAR(20), 
	box JSON, 
	mark JSON, 
	enrolled_by VARCHAR(100), 
	CONSTRAINT fk_samples_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
INSERT INTO "samples" VALUES(1,'fdf07479-4304-4dfc-b55a-414775b639b5','fingerprint',2,0,'image/jpeg',300,400,500.0,41,NULL,'{}',NULL,'f37b71d7dd917a9f51edf54ac5e36c4998729e7cea3a8d2798625a38cf2a80dc','a30168955220a33b23c7cf3db4360be8a6efe3a582c310800676cf420de237b0',13038,'1_1.jpg',NULL,NULL,NULL,'local:root');
INSERT INTO "samples" VALUES(2,'e6340bae-9bda-4ce1-b644-5888e015fd17','fingerprint',2,0,'image/jpeg',300,400,500.0,56,NULL,'{}',NULL,'4690615d0734e0595cc71cac12c4a1bfc273da7328995717ff4d406c7e2d6ac8','cefcf8b20a921eba4d6b9951ebb4a159cf55373c562f2d68001468eb39294943',13407,'2_1.jpg',NULL,NULL,NULL,'local:root');
CREATE TABLE saved_filters (
	id VARCHAR(36) NOT NULL, 
	owner_id VARCHAR(36) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	conditions JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_saved_filters PRIMARY KEY (id), 
	CONSTRAINT uq_saved_filters_owner_id_name UNIQUE (owner_id, name), 
	CONSTRAINT fk_saved_filters_owner_id FOREIGN KEY(owner_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE score_views (
	number INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	about VARCHAR(64) NOT NULL, 
	actor_id VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_score_views PRIMARY KEY (number, kind, about), 
	CONSTRAINT fk_score_views_number FOREIGN KEY(number) REFERENCES audit_entries (number)
);
INSERT INTO "score_views" VALUES(5,'search','1a5ca218-3685-4bbc-b14e-e8e75e7dfa9b','local:root');
CREATE TABLE search_candidates (
	search_id VARCHAR(36) NOT NULL, 
	rank INTEGER NOT NULL, 
	record_id VARCHAR(36) NOT NULL, 
	score DOUBLE NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_search_candidates PRIMARY KEY (search_id, rank), 
	CONSTRAINT fk_search_candidates_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
INSERT INTO "search_candidates" VALUES('1a5ca218-3685-4bbc-b14e-e8e75e7dfa9b',1,'bbb5f7f3-9bbd-4ef2-8961-52af82b4ce11',1.61361263702507301e+02,'{"score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "gap": 153.51979894716592, "hint": "likely", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 1, "score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "counted": true}], "stated_gap": 31.448741502378176}');
INSERT INTO "search_candidates" VALUES('1a5ca218-3685-4bbc-b14e-e8e75e7dfa9b',2,'118f66fc-86c8-4963-a2c6-d1e7be23f929',7.84146475534138343e+00,'{"score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "gap": null, "hint": "inspect", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 2, "score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "counted": true}]}');
CREATE TABLE search_images (
	id VARCHAR(36) NOT NULL, 
	search_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	media_type VARCHAR(100) NOT NULL, 
	image_sha256 VARCHAR(64) NOT NULL, 
	image_name VARCHAR(64) NOT NULL, 
	keep_until DATE, 
	CONSTRAINT pk_search_images PRIMARY KEY (id), 
	CONSTRAINT uq_search_images_search_id_ordinal UNIQUE (search_id, ordinal), 
	CONSTRAINT fk_search_images_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
INSERT INTO "search_images" VALUES('80d470fa-b64b-47fe-9b37-7a773eb504fa','1a5ca218-3685-4bbc-b14e-e8e75e7dfa9b',0,'image/jpeg','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','485e5774cf9a324991abc990e573c63b1fe434e1b8ca6ffd10f0919214bf0935','2101-12-03');
CREATE TABLE search_orders (
	id VARCHAR(36) NOT NULL, 
	search_id VARCHAR(36) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	authority VARCHAR(200) NOT NULL, 
	reference VARCHAR(100) NOT NULL, 
	date DATE NOT NULL, 
	until DATE, 
	reason VARCHAR(300) NOT NULL, 
	hold_id VARCHAR(36), 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_search_orders PRIMARY KEY (id), 
	CONSTRAINT fk_search_orders_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
CREATE TABLE search_probes (
	search_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	modality VARCHAR(20) NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	data BLOB NOT NULL, 
	quality SMALLINT, 
	finger_position SMALLINT, 
	label VARCHAR(300) NOT NULL, 
	image_sha256 VARCHAR(64) NOT NULL, 
	reading JSON NOT NULL, 
	CONSTRAINT pk_search_probes PRIMARY KEY (search_id, ordinal), 
	CONSTRAINT fk_search_probes_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
INSERT INTO "search_probes" VALUES('1a5ca218-3685-4bbc-b14e-e8e75e7dfa9b',0,'fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E505301CE8162860C2B18161BC7421E7A0F6458C23CA85568C251E437538D0F99D34FD746F1D3BE528EAC50D93E1233AE35338BF4A8DCBAF04B0DC1C5B742F7ADB2E19EF7F180F9D4E95A6673236970C1FA776127F2BF5871B89B2AEF209831DEDC2FBF8F29B4BEA21D13651560ACF5F5E53F8E7001810B1052AAED44F2562276F111C6CF4EEB93D2774CB64FBA977F54363007F30EBC4768DAC2637563C9C8EBA58782C5344224565B1170A2ADBAC70FC36338DF26AF35026F06E93032A04E2C8175FF9B45B2A90BBA1AD3BD713C05CDFCAE532B7ED72AE6328965CFADCCB984FB3C86C0FB30B6273F9EE214A3D775BCE0D455BB889F9FCD717EB7451BFFE4A36DE77B1D382D52BC04F6D60E002D819F9C332B0A3F38707E6A8775A0A579E21861C350CA318B00079AAF9418C5F45993F69414FE242E275B4815F348782C15E7B272B61C6D258FA1DA2EA068E46636E2CA28C0585C985F248FAE0E99E2EC33803904A2CFCAFA47ED6D62711D89FB635CC11D5BD03B67DFD40714B8AD7395BFC0CD3E73C2D1FD81CA487828345A35ADFD3FD84A6109AFD372C0E8D5F61554F41E55A5727F605B112DF17EDE0E8A87A4EFD4E5664D39BDB72338469FEF62861FCB12712D51C150906E57A8BB1E3B4496A21FA15E8FC82CEC10EDE655FD5C83CA2C10201A6904894561F29D0565ECDD16CB3C581714E3707049D185728D9221CB9BB1F4E7215FFCDE71A130C21C2C670A93862B476325B4EF5F27A1A468146DBA9B86AEBDDA14C062F3FC93FB3D1D89AA8F5A0A9E639995066ED8F0A4CF8B3BD8983E0236DA5F0491833A3408352322E06F60218A49669C948F31C1030FF13EBE308AF0AE2091D6952FBAFC64DAFDDBFAFD7B9B74D0029AC97F50CD8ECC70A5B992FA266D5603C0D52FBC6986877B6CEAE6C255B09822C44D7549D741253DEB01D7574BE119BDCAA84088104C955761FB80C01F4E699F8E02E005C831565A367C5DE877DD540E38A4DEC623D36B2D25C3FCC5206333392954C8383D7682FDCB2851CF3E31F4AD10C6B4DA325A4D25DA370901E75A1AA69C8E4FDFD599F29838B75044772311DF68B55A809166ABFD1CB9DED9F6A25DBA1B0FE218F71497B1708314F6ACD401A127F85671E2402B93FDA585CCB27ED08BC562E0644C4DF662A4EF897011699E254AD1D8E3C7D78F649F05E97BC6F5BD2FF2B9F334FA23B4BBC587312579ADC83EDF816F4F8A286601BABE4C851DC4DE73FC752E26BF6FB2BD8435783F6E2BA10BBC21BE8C1F2EB14F6F39EBA46378BAFD91F2C3B4D1BF86AD049C5EEB8E54426CC5BD08937AD84031B45FCF029CDF1435EFC765DAA95E45D8C9A2D0AFB498B2CB2A43B53F1BCAE8F61E65DD95EBFA669C0F9A9B6228D7259B0D3A7FCE28D50F2B191DD7ABA666F40EF6728146F75BC2628207B2C08F7103D25BB96BE501F70218BA13C94443EB189C9A90F7BEF7EA4E058970E69272D2F3E29CAB43416312004258A094D564708CBB0CF0495F5348620D43B6071576DE0862D8561ED8231701A8F8E86139A60EF87A10D17C9C3EFBAD575F639291799613B78691E5564B4A6DF8A257D858AC78A4FC384DA189AC565E44D7F0AF5AAE9DB5C2E2FACA7EE80AEE267EDE5FD72EA5B6EAD5DA63677B463AFFC4D1105338444F67D735B25B1D3E9A621359BE87FA36F89ADAC6FF87D70F7B62FA39A2F2F9EFBE067074FDA1A1E72329774C3E0B386643945C8D4D1933904789634D61A35B1F496A5A4DD2584AE5A0BB84C949CD42877F924B8EC56D8F2ECFF767055EB8F47E5AB072C0631FE9BEE18326C4FA1BDDA0BAF1F3A820DA22880BBDCAD82E7C4425936A5586850A6E0803A76C06F34F85BD0381EB0C83B58479D18C7613C97BFDB8',NULL,2,'right index (1_2.jpg)','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','{}');
CREATE TABLE searches (
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	case_number VARCHAR(40) NOT NULL, 
	officer VARCHAR(200) NOT NULL, 
	settings JSON NOT NULL, 
	gallery_size INTEGER NOT NULL, 
	sequence BIGINT NOT NULL, 
	threshold DOUBLE, 
	actor_id VARCHAR(100) NOT NULL, 
	unit VARCHAR(44) NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	state_unit VARCHAR(44), 
	district_unit VARCHAR(44), 
	CONSTRAINT pk_searches PRIMARY KEY (id)
);
INSERT INTO "searches" VALUES('1a5ca218-3685-4bbc-b14e-e8e75e7dfa9b','2026-12-03 09:27:48.373471','12/2026','root','{"target_fpir": 0.001, "max_candidates": 10, "where": {}, "is_latent": false, "shortlist": 200, "sequence_after": 2, "identity": {"fingerprint": {"model": "bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221", "feature_space": "40f5436326afb136bf82b3205d52c6234f044e521876b61b92f756478b166f97", "calibration": "dfb9cd76677af391d4164aadabbcffd958f47454da7c740d98a987be336b36d5"}}, "index": {"fingerprint": "feature sets 5"}, "elsewhere_fpir": 0.001, "bound": 33.5091, "stated": [0.0, 2.9717238947957476, 9.616098041044777, 16.239876412455715, 22.880151579144087, 29.516580818802122, 36.18305047946328, 42.86542078925533, 49.54779109904737, 56.23016140883943, 62.91253171863147]}',2,2,3.30092138130576344e+01,'local:root','national','investigation','',NULL,NULL);
CREATE TABLE sections (
	encounter_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	act VARCHAR(100) NOT NULL, 
	section VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_sections PRIMARY KEY (encounter_id, ordinal), 
	CONSTRAINT fk_sections_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE sign_in_failures (
	login_sha256 VARCHAR(64) NOT NULL, 
	device_sha256 VARCHAR(64) NOT NULL, 
	failures INTEGER NOT NULL, 
	failed_at DATETIME NOT NULL, 
	locked_until DATETIME, 
	CONSTRAINT pk_sign_in_failures PRIMARY KEY (login_sha256, device_sha256)
);
CREATE TABLE stale_key_copies (
	id INTEGER NOT NULL, 
	place VARCHAR(1000) NOT NULL, 
	CONSTRAINT pk_stale_key_copies PRIMARY KEY (id)
);
CREATE TABLE standing_changes (
	sequence INTEGER NOT NULL, 
	operation VARCHAR(20) NOT NULL, 
	probe_id INTEGER NOT NULL, 
	modality VARCHAR(20) NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_standing_changes PRIMARY KEY (sequence)
);
CREATE TABLE standing_probes (
	id INTEGER NOT NULL, 
	standing_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	modality VARCHAR(20) NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_standing_probes PRIMARY KEY (id), 
	CONSTRAINT uq_standing_probes_standing_id_ordinal_model UNIQUE (standing_id, ordinal, model), 
	CONSTRAINT fk_standing_probes_standing_id FOREIGN KEY(standing_id) REFERENCES standing_searches (id) ON DELETE CASCADE
);
CREATE TABLE standing_searches (
	id VARCHAR(36) NOT NULL, 
	number BIGINT NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	search_id VARCHAR(36), 
	encounter_id VARCHAR(36), 
	owner VARCHAR(100) NOT NULL, 
	state_code VARCHAR(2) NOT NULL, 
	district_code VARCHAR(20) NOT NULL, 
	station_code VARCHAR(20) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_on DATE, 
	ended_at DATETIME, 
	ended_by VARCHAR(100), 
	ended_because TEXT, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_standing_searches PRIMARY KEY (id), 
	CONSTRAINT uq_standing_searches_number UNIQUE (number), 
	CONSTRAINT uq_standing_searches_search_id UNIQUE (search_id), 
	CONSTRAINT fk_standing_searches_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE, 
	CONSTRAINT uq_standing_searches_encounter_id UNIQUE (encounter_id), 
	CONSTRAINT fk_standing_searches_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE CASCADE
);
CREATE TABLE subscription_events (
	id VARCHAR(36) NOT NULL, 
	subscription_id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	about VARCHAR(36) NOT NULL, 
	state_code VARCHAR(2) NOT NULL, 
	district_code VARCHAR(20) NOT NULL, 
	station_code VARCHAR(20) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_subscription_events PRIMARY KEY (id), 
	CONSTRAINT fk_subscription_events_subscription_id FOREIGN KEY(subscription_id) REFERENCES subscriptions (id) ON DELETE CASCADE
);
CREATE TABLE subscriptions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	record_id VARCHAR(36) NOT NULL, 
	owner VARCHAR(100) NOT NULL, 
	state_code VARCHAR(2) NOT NULL, 
	district_code VARCHAR(20) NOT NULL, 
	station_code VARCHAR(20) NOT NULL, 
	legal_basis TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_on DATE NOT NULL, 
	ended_at DATETIME, 
	ended_by VARCHAR(100), 
	ended_because TEXT, 
	version INTEGER NOT NULL, 
	CONSTRAINT fk_subscriptions_record_id FOREIGN KEY(record_id) REFERENCES records (id) ON DELETE CASCADE
);
CREATE TABLE task_files (
	task_id VARCHAR(36) NOT NULL, 
	ordinal SMALLINT NOT NULL, 
	image_name VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_task_files PRIMARY KEY (task_id, ordinal), 
	CONSTRAINT fk_task_files_task_id FOREIGN KEY(task_id) REFERENCES tasks (id) ON DELETE CASCADE
);
CREATE TABLE tasks (
	id VARCHAR(36) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	operation VARCHAR(100) NOT NULL, 
	owner VARCHAR(100) NOT NULL, 
	act JSON NOT NULL, 
	priority SMALLINT NOT NULL, 
	transaction_id TEXT NOT NULL, 
	callback TEXT NOT NULL, 
	host VARCHAR(300) NOT NULL, 
	webhook_id VARCHAR(36), 
	call BLOB, 
	result BLOB, 
	failed BOOLEAN NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	stage VARCHAR(20), 
	fence INTEGER NOT NULL, 
	runs INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_tasks PRIMARY KEY (id)
);
CREATE TABLE templates (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sample_id INTEGER NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	data BLOB NOT NULL, 
	CONSTRAINT uq_templates_sample_id_model UNIQUE (sample_id, model), 
	CONSTRAINT fk_templates_sample_id FOREIGN KEY(sample_id) REFERENCES samples (id) ON DELETE CASCADE
);
INSERT INTO "templates" VALUES(1,1,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E505301A177A00FCA987AE0B010D946BA69578C0F03FAE1D0AD2BFBE04EC1ABD338494248BB89060F022112D7B1AA7B9266D59A5CD4475B7E54CA5118AC345BA7A1BFB8917B1B71A1603C750890BA0A2C0632543B137D45D04DBC1939652812A1106673AEFAD8AEB47467D4EC138331F26F2D8A431CF4A40C1F653DDACFECF8C3ECF0EE1D7B8853989E428955AEFD8F5E4E3E89A21B7EDED6BF44EA72C9F69E2C3A28CD05B4949B01D643457317AF5C0AFA5F51A54923D5911FBC6946D60B2C08E6D5248261406F5BD4BF5E47F55E31AD64216979548DCCDBE25517B99892C031EA8765DDBF3D3BA83DECEE2FF4134F5CB110F292D6B95ECC87F300C5909FF3AA103B0E09A6A6F6FC04B30176E4A1B8EB034A28771227756F4B86EB8C9013AB4150B85768909D12866C89F1A22CF1617BA84B3B3481D43870EC78E201213F526AD71C0612E728FB18FC92A365C7C791FD208B8EB29748BD8F7115DCC51A8434570241C131B72818B4F6CD9EBAAD4BD322E694DFBDA4B988304CB317DDACA60952C4CF56C7624183DC826F3402468579D36C1FFE40122EC3DCFB39C9837F7BB15C695D3735AEA137521FB58AD40F1EB65F4848A5D21CE350263D888E8E6784E174D9F0AA66E19311F5659028D198B2688E08EC144512370F4C20D686B4FED5A38D1F430A7A7FE97E6CDEA44056511ABD0F31E40164301B3488AA734E2A548FF050D092901E48EFB9377C233E3BD4C4B80C30A289CF9D12BDC6EE116666E331397DEFE54D81E1CAF09AE1751C3A7B7B13834C8CE6E278CB83892A37C19D0A6B904A5D1381058B11A9FF4590086799E4D7F115EE8B4919C68596822E6496C2F097AB66EBD341350C86B2E6B5BC4E0D1A672F41133A4537838FD40ED97904B284A4C3BDB78D8851945D26D31BFD450D1CCA6237C4F7403A827A3D2A50AD048F15DF0A76670462B17755430E4166EE36964278B39F1B420469222744DE64F68666B861AD92E3638FDAD5BBE15A0840278C460768FCC4A47B5190608F26438DCDC8E0D417217491A07AB36583B24A8F9DA834B1B31FF5B9FED4C9A7721974D5CC0BB5BC7B306379CAE9FEE555DB5F83F46B0039169CB589101BF1AFEA7B4F460B36C7BAB8800D309796E6CF2586A285D4CB5E4005430FD0B844925C82FDEC21987282503650B73D495EA70EF3BF25E204D6B5EDCCD23446B2C6FA59F1463063F2BC6D108EE892ADB72C88859D1FEEA7231E18A28CA20DE5619573DAC977BF8EA9D0DDF59387DAA1C5D0FF554266FB6330411CD0E6FF4D4028BA4D28664550FF285CF748761F3EFB7A144BB5D74AEA7829884E8E72B5EBDE653A6D8169189BEE87BFE1E661B69183E3CC06FA45C0C283BB311FECC407A1E7EC1F2098205354044FE63B4D21FF88B978D4F9F74D349DDF998DF58107D2EF082EF087B36072BFAA15531753F087DAC4FFF06EECE5F27C635AE70B8A677C720A2C867DA3C1B3C24368C50647C154A651F4C4FEF5A93A50C3DC7B3F50688A168D2B2D82ED');
INSERT INTO "templates" VALUES(2,2,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E505301312676D9F51793EDE3DE82F5240D28829B7157D0B42DF572AE510A50E19760FE553DAA593DA4C38BE2DCA0F1396F3062B579F0D75C1F29973104D518F0E3F102AE275CF9324CAE3F8E90549BDCFCE826774F66101607073A2D6CE28C84B8C88854E32CC15D94FF9E4B76441C4487BE057D257E6BB9A02BFCD2FA05AF8AA11FF1A223B46B8F118F64CAF9FBC8D2F840C4890D1330C2244883A735B0BF7ED68023104F6DDDC4531463FB3EF755C8EA15901E32E925B5711C09062086CA509F6EE33C38D630488DF813DE4CBED14CAB0E4D92E331B04B0C0D3F8AD721FA679B3E3BDB2803D6A7C3CE7A2ED0312D9CCBDDF210A8A6BC3640368C9628750BFBD4097A03C5EFA37803EE7F0A2A8629F8B32E96CA6AA6ACCD545236B5DF76B0067B3374C57F9DF0BB52753004447A2E49CA9D148D9850D706A80032D0F8B4DC17B6F37DA536C89D84730389DC1E6B8BCAC94ECE8460EF7386240DD9B6254659B2CFF5B5BD016CD18E7BA8D6E48D55F5DE30C5655045CA819B873E37806C67C60DA3EFB0F523D55EC5FD783D68B9BA6C8F50EBC431CB8790BAF874FE804A1DC8889BFCE5EA1769B4D40FA5EE83441553C059099AAAB20D1FDFC5F3A869AEED789C204A354A2B6F85724237ADA874F33CE261415449886C0BEAD42D7B515DF155C090154D8BBA6527116EB038A20496C80A29ED0FD1963B1D0C95C8EBD4050E4C10A8CA3AE67A736E5E10C6AD54A46B63ADA33FDBC194419305F5C6582FE452178F3E89DD12B7F671886076BADBEF92B3C74FFB8950DB7CFB1EB9DD9393B2F65E97D59FE0B6658B27FE771FD0E08A9F96D3432264ECF40266369CB619B68B54A0E160297A19278AE1E017847EA27EE8BD917DAE50A3A480C3859EA2CEAC0B14B8582309EC7B3EC2955B9DF1797B1B455E8E03F3A44CA2152CDD11FFE497C391B277C9B418046C5948C1B7624647AACF9F2D1D149157F984BA80FB7E7F2B229C0027AD182EE3FC959FC058BB6EFEB434EBF1A80A4D0C8E2DB86DDD3FED2B4442905C63E40279F02F9A53EAF8FD77ECC0800370D3F7D80BDF3934D377C0544D3E647DDCC32E4E2976D49FD6953CC115716146E590D499675AA854F36A167C9133A3FB6E794014DE4F20B365A0C3EE6D8BE34E5903CF6E271859E550CE43E44F88719F325C0524040DB4B0C709DB54391E9727117B6A8BDC805DF0BF7ED44F15261C3FC0B17707C8EAFB66C9990324DBC1D232AAA0FFE56FBC8E9DF143C1ED7E68A970F8B8392933BC17E7C1D04122C1F568F25A3BD6296CA6D6436B57CAC01863F81097E5D20721F48CB983BF671484EFF15A5419774063FAA8B54C540A60291ABFE6A9115FB3AD76225B8F1E7F8488');
CREATE TABLE units (
	path VARCHAR(44) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	level VARCHAR(20) NOT NULL, 
	telephone VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_units PRIMARY KEY (path)
);
CREATE TABLE unreadable_templates (
	template_id INTEGER NOT NULL, 
	found_at DATETIME NOT NULL, 
	CONSTRAINT pk_unreadable_templates PRIMARY KEY (template_id), 
	CONSTRAINT fk_unreadable_templates_template_id FOREIGN KEY(template_id) REFERENCES templates (id) ON DELETE CASCADE
);
CREATE TABLE user_devices (
	sha256 VARCHAR(64) NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_user_devices PRIMARY KEY (sha256), 
	CONSTRAINT fk_user_devices_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE user_identities (
	issuer VARCHAR(500) NOT NULL, 
	subject VARCHAR(255) NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	confirmed_at DATETIME, 
	CONSTRAINT pk_user_identities PRIMARY KEY (issuer, subject), 
	CONSTRAINT fk_user_identities_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE user_sessions (
	id VARCHAR(36) NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	method VARCHAR(20) NOT NULL, 
	address VARCHAR(100) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	ended_because VARCHAR(20), 
	CONSTRAINT pk_user_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_user_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE users (
	id VARCHAR(36) NOT NULL, 
	login VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	roles VARCHAR(200) NOT NULL, 
	state_code VARCHAR(2) NOT NULL, 
	district_code VARCHAR(20) NOT NULL, 
	station_code VARCHAR(20) NOT NULL, 
	created_at DATETIME NOT NULL, 
	version INTEGER NOT NULL, 
	disabled_at DATETIME, 
	password_hash VARCHAR(200), 
	setup_sha256 VARCHAR(64), 
	setup_until DATETIME, 
	totp_sealed BLOB, 
	totp_since DATETIME, 
	totp_step BIGINT, 
	paper_sha256 VARCHAR(64), 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_login UNIQUE (login)
);
INSERT INTO "users" VALUES('8d26b7a5-4239-4f75-b9fe-a06d42605732','r.patil','SI R. Patil','station_officer','27','519','27519004','2026-12-03 09:27:52.144816',1,NULL,NULL,'1786aa5b8b15b696922e3d22123368443500d12326697ac1b93ee233a70a3a09','2026-12-06 09:27:52.143010',NULL,NULL,NULL,NULL);
CREATE TABLE webhooks (
	id VARCHAR(36) NOT NULL, 
	owner VARCHAR(36) NOT NULL, 
	url TEXT NOT NULL, 
	events JSON NOT NULL, 
	secret BLOB NOT NULL, 
	last_notification BIGINT NOT NULL, 
	credential VARCHAR(60) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_webhooks PRIMARY KEY (id)
);
CREATE INDEX ix_sign_in_failures_failed_at ON sign_in_failures (failed_at);
CREATE INDEX ix_account_makers_user_id ON account_makers (user_id);
CREATE INDEX ix_account_makers_made_at ON account_makers (made_at);
CREATE INDEX ix_account_requests_user_id ON account_requests (user_id);
CREATE INDEX ix_account_requests_requested_at ON account_requests (requested_at);
CREATE INDEX ix_account_requests_requested_by ON account_requests (requested_by);
CREATE INDEX ix_api_keys_owner_id ON api_keys (owner_id);
CREATE INDEX ix_user_devices_user_id ON user_devices (user_id);
CREATE INDEX ix_user_identities_user_id ON user_identities (user_id);
CREATE INDEX ix_user_sessions_user_id ON user_sessions (user_id);
CREATE INDEX ix_user_sessions_expires_at ON user_sessions (expires_at);
CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE INDEX ix_audit_entries_credential_number ON audit_entries (credential, number);
CREATE INDEX ix_audit_entries_actor_id_number ON audit_entries (actor_id, number);
CREATE INDEX ix_audit_entries_subject_id_number ON audit_entries (subject_id, number);
CREATE INDEX ix_audit_entries_action_number ON audit_entries (action, number);
CREATE INDEX ix_audit_entries_at ON audit_entries (at);
CREATE INDEX ix_score_views_actor_id_kind_about ON score_views (actor_id, kind, about);
CREATE INDEX ix_cases_candidate_search_id ON cases (candidate_search_id);
CREATE INDEX ix_cases_created_at_id ON cases (created_at, id);
CREATE UNIQUE INDEX ix_cases_number ON cases (number);
CREATE INDEX ix_cases_search_id ON cases (search_id);
CREATE INDEX ix_cases_candidate_id ON cases (candidate_id);
CREATE INDEX ix_cases_due ON cases (due);
CREATE INDEX ix_cases_record_id ON cases (record_id);
CREATE INDEX ix_cases_state_created_at_id ON cases (state, created_at, id);
CREATE INDEX ix_cases_standing_id ON cases (standing_id);
CREATE INDEX ix_case_allocations_assigned_by ON case_allocations (assigned_by);
CREATE INDEX ix_case_parts_actor ON case_parts (actor);
CREATE INDEX ix_once_keys_created_at ON once_keys (created_at);
CREATE INDEX ix_tasks_owner_kind_created_at ON tasks (owner, kind, created_at);
CREATE INDEX ix_tasks_webhook_id_created_at ON tasks (webhook_id, created_at);
CREATE INDEX ix_tasks_due_at_priority ON tasks (due_at, priority);
CREATE INDEX ix_tasks_changed_at ON tasks (changed_at);
CREATE INDEX ix_webhooks_owner ON webhooks (owner);
CREATE INDEX ix_task_files_image_name ON task_files (image_name);
CREATE INDEX ix_data_keys_master_id ON data_keys (master_id);
CREATE INDEX ix_lineup_members_record_id ON lineup_members (record_id);
CREATE INDEX ix_records_birth_year_created_at_id ON records (birth_year, created_at, id);
CREATE INDEX ix_records_created_at_id ON records (created_at, id);
CREATE INDEX ix_records_merged_into ON records (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_records_bare_state_created_at_id ON records (bare_state, created_at, id) WHERE bare_state IS NOT NULL;
CREATE INDEX ix_described_mark_terms_term_record_id ON described_mark_terms (term, record_id);
CREATE INDEX ix_encounters_station_records ON encounters (station_code, district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_state_code_date ON encounters (state_code, date);
CREATE INDEX ix_encounters_enrolled_by_record_id ON encounters (enrolled_by, record_id);
CREATE INDEX ix_encounters_state_records ON encounters (state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_fir_number ON encounters (fir_number);
CREATE INDEX ix_encounters_fir_year_record_id ON encounters (fir_year, record_id);
CREATE INDEX ix_encounters_district_code_date ON encounters (district_code, date);
CREATE INDEX ix_encounters_station_code_date ON encounters (station_code, date);
CREATE INDEX ix_encounters_record_id_state_code_district_code_station_code ON encounters (record_id, state_code, district_code, station_code);
CREATE INDEX ix_encounters_district_records ON encounters (district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_date_record_id ON encounters (date, record_id);
CREATE INDEX ix_name_words_key_record_id ON name_words ("key", record_id);
CREATE INDEX ix_name_words_word_record_id ON name_words (word, record_id);
CREATE INDEX ix_samples_modality_finger_position ON samples (modality, finger_position);
CREATE INDEX ix_samples_encounter_id ON samples (encounter_id);
CREATE INDEX ix_samples_image_sha256 ON samples (image_sha256);
CREATE INDEX ix_samples_image_name ON samples (image_name);
CREATE INDEX ix_sections_section_act ON sections (section, act);
CREATE INDEX ix_mark_terms_term_sample_id ON mark_terms (term, sample_id);
CREATE INDEX ix_merges_survivor_id ON merges (survivor_id);
CREATE INDEX ix_merges_merged_id ON merges (merged_id);
CREATE INDEX ix_encounter_links_from_id ON encounter_links (from_id);
CREATE INDEX ix_encounter_links_to_id ON encounter_links (to_id);
CREATE INDEX ix_moves_to_id ON moves (to_id);
CREATE INDEX ix_moves_encounter_id ON moves (encounter_id);
CREATE INDEX ix_moves_emptied ON moves (from_id) WHERE emptied = 1;
CREATE INDEX ix_moves_from_id ON moves (from_id);
CREATE INDEX ix_moves_merge_id ON moves (merge_id);
CREATE INDEX ix_outcomes_encounter_id ON outcomes (encounter_id);
CREATE INDEX ix_osia_encounters_client_id ON osia_encounters (client_id);
CREATE INDEX ix_encounter_galleries_gallery ON encounter_galleries (gallery);
CREATE INDEX ix_searches_district_unit_created_at_id ON searches (district_unit, created_at, id);
CREATE INDEX ix_searches_created_at ON searches (created_at);
CREATE INDEX ix_searches_case_number_created_at_id ON searches (case_number, created_at, id);
CREATE INDEX ix_searches_actor_id_created_at_id ON searches (actor_id, created_at, id);
CREATE INDEX ix_searches_unit_created_at_id ON searches (unit, created_at, id);
CREATE INDEX ix_searches_state_unit_created_at_id ON searches (state_unit, created_at, id);
CREATE INDEX ix_probe_templates_model_leased_until ON probe_templates (model, leased_until);
CREATE INDEX ix_search_candidates_record_id ON search_candidates (record_id);
CREATE INDEX ix_clearances_state_code_district_code_station_code_requested_at ON clearances (state_code, district_code, station_code, requested_at);
CREATE INDEX ix_clearances_erase_on ON clearances (erase_on);
CREATE INDEX ix_expungements_record_id ON expungements (record_id);
CREATE INDEX ix_expungements_created_at_id ON expungements (created_at, id);
CREATE INDEX ix_search_orders_search_id ON search_orders (search_id);
CREATE INDEX ix_retention_orders_encounter_id ON retention_orders (encounter_id);
CREATE INDEX ix_subscriptions_record_id ON subscriptions (record_id);
CREATE UNIQUE INDEX ix_subscription_events_subscription_id_kind_about ON subscription_events (subscription_id, kind, about);
CREATE INDEX ix_changes_modality_model_sequence ON changes (modality, model, sequence);
CREATE INDEX ix_reextractions_model_leased_until ON reextractions (model, leased_until);
CREATE INDEX ix_notifications_recipient_number ON notifications (recipient, number);
CREATE INDEX ix_standing_changes_modality_model_sequence ON standing_changes (modality, model, sequence);
CREATE INDEX ix_search_images_image_name ON search_images (image_name);
CREATE INDEX ix_search_images_keep_until ON search_images (keep_until);
CREATE INDEX ix_enrolment_checks_tries_requested_at ON enrolment_checks (tries, requested_at);
CREATE INDEX ix_latent_links_second_id ON latent_links (second_id);
CREATE INDEX ix_link_checks_tries_requested_at ON link_checks (tries, requested_at);
CREATE INDEX ix_standing_probes_standing_id ON standing_probes (standing_id);
CREATE TRIGGER records_counted_insert AFTER INSERT ON records WHEN NEW.merged_into IS NULL BEGIN
    INSERT INTO counters (name, value) VALUES ('people', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1; END;
CREATE TRIGGER records_counted_delete AFTER DELETE ON records WHEN OLD.merged_into IS NULL BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'people'; END;
CREATE TRIGGER records_counted_update AFTER UPDATE OF merged_into ON records BEGIN
    UPDATE counters SET value = value + (NEW.merged_into IS NULL) - (OLD.merged_into IS NULL) WHERE name = 'people';
    END;
CREATE TRIGGER data_keys_destroyed AFTER DELETE ON data_keys WHEN OLD.id <> 'snapshots' BEGIN
    INSERT INTO stale_key_copies (place) SELECT place FROM key_copies; END;
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is only ever added to'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is only ever added to'); END;
CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries WHEN NEW.number IN (SELECT number FROM audit_entries)
BEGIN SELECT RAISE(ABORT, 'audit_entries is only ever added to'); END;
CREATE TRIGGER audit_heads_no_update BEFORE UPDATE ON audit_heads BEGIN SELECT RAISE(ABORT, 'audit_heads is only ever added to'); END;
CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads BEGIN SELECT RAISE(ABORT, 'audit_heads is only ever added to'); END;
CREATE TRIGGER audit_heads_no_replace BEFORE INSERT ON audit_heads WHEN NEW.number IN (SELECT number FROM audit_heads)
BEGIN SELECT RAISE(ABORT, 'audit_heads is only ever added to'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('samples',2);
INSERT INTO "sqlite_sequence" VALUES('templates',2);
COMMIT;
