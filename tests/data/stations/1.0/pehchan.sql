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
INSERT INTO "audit_entries" VALUES(1,'2026-12-03T08:51:50.237402Z','local:root','national','local','','','','record.enrol','99e76d84-c8b3-4bfe-8811-9b6e74a4d565','{"digest":"b6896ef375b7ad6e6dedf0ad080e7c9c8dddaf521dfd327be7f7cf8f148b27f6","encounter":"5247ed9b-9cab-4698-baf7-a2c85178b17e","samples":[1]}','0000000000000000000000000000000000000000000000000000000000000000','','505eafdfcdbc8c8d1cc6eed754b79f91160715713536ade2e697c2b031e2c6a2');
INSERT INTO "audit_entries" VALUES(2,'2026-12-03T08:51:50.363958Z','service','national','','','','','check.make','99e76d84-c8b3-4bfe-8811-9b6e74a4d565','{"cases":[],"encounter":"5247ed9b-9cab-4698-baf7-a2c85178b17e"}','505eafdfcdbc8c8d1cc6eed754b79f91160715713536ade2e697c2b031e2c6a2','','b83c96ce551f94a9d88944eab11342528ceeec331801daeade14cf6f4ced7aff');
INSERT INTO "audit_entries" VALUES(3,'2026-12-03T08:52:07.664822Z','local:root','national','local','','','','record.enrol','ffaf0b67-7e1a-4339-a3cb-d4b70646e600','{"digest":"789a46ac59085e22cd64a88c01b269e3c43c548acb50d92ee7024a6cc074395c","encounter":"47faadb8-75ec-416a-8246-d0724cf405f7","samples":[2]}','b83c96ce551f94a9d88944eab11342528ceeec331801daeade14cf6f4ced7aff','','f88a7618f4f929864003d65c8621033b54a2cd9c3f70ddc1337b753e1a07c861');
INSERT INTO "audit_entries" VALUES(4,'2026-12-03T08:52:55.511394Z','service','national','','','','','check.make','ffaf0b67-7e1a-4339-a3cb-d4b70646e600','{"cases":[],"encounter":"47faadb8-75ec-416a-8246-d0724cf405f7"}','f88a7618f4f929864003d65c8621033b54a2cd9c3f70ddc1337b753e1a07c861','','54a47d925c63e32e5b0cac4a1429638e21c962610ffe82c1bc457a1f9fbcf7e6');
INSERT INTO "audit_entries" VALUES(5,'2026-12-03T08:53:12.667281Z','local:root','national','local','','investigation','12/2026','search.make','639c619e-aee4-4387-b66f-82d96b4f2309','{"digest":"d4541ea7c1033ae31fa4848e9fcc05fbc8cfce2d517d4e45f67271388c606fb1","gallery":2,"probes":1,"records":["99e76d84-c8b3-4bfe-8811-9b6e74a4d565","ffaf0b67-7e1a-4339-a3cb-d4b70646e600"],"withheld":[]}','54a47d925c63e32e5b0cac4a1429638e21c962610ffe82c1bc457a1f9fbcf7e6','','25ef0b05fbf7102536e0e355bc882206a445b8d62bb0e9850c697934c61f3418');
INSERT INTO "audit_entries" VALUES(6,'2026-12-03T08:53:20.792419Z','local:root','national','local','','','','account.create','9811420c-703c-491d-88c0-57ddb042074e','{"roles":["station_officer"],"unit":"27/519/27519004"}','25ef0b05fbf7102536e0e355bc882206a445b8d62bb0e9850c697934c61f3418','','432f85274a477eaf138fe579771cdcdfe80a1369264cd42805cc8f6e84b1c521');
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
INSERT INTO "data_keys" VALUES('99e76d84-c8b3-4bfe-8811-9b6e74a4d565',X'B5697B5114280D1E4FBBF48DED3FFB9A30ECD377158F3E781C4FBF9B21E170474C8B8751EDFA90BF627EE7454272ED2FD636935FB8752089D9D1790F','96696cfe5087651a','2026-12-03 08:51:50.176760');
INSERT INTO "data_keys" VALUES('snapshots',X'38C5A5DE08DD20A162743A009A904F6B145AF9C1152E0CB52F4FE6C2A08DEF21824721E139D95D4ADA686A024EB6B4E3CB97C42E7EE6AC813DD3A509','96696cfe5087651a','2026-12-03 08:51:50.397504');
INSERT INTO "data_keys" VALUES('ffaf0b67-7e1a-4339-a3cb-d4b70646e600',X'5C04687518D5798AD3242A4F97EE1B483BDF295A9AF21CAD6264C69CF374C599B7097B03A7FFE1D263CFBDFAC0FE517CE06AC864665691C2EB4A6492','96696cfe5087651a','2026-12-03 08:52:07.615471');
INSERT INTO "data_keys" VALUES('639c619e-aee4-4387-b66f-82d96b4f2309',X'AC898EA02B44FED1223FF1F663A07F1EEDB20681EE18636D436765CBD1C7A5F0EEC3FC5D08099149431311A107E5A2FADED9D0544F3869B95BCB6C39','96696cfe5087651a','2026-12-03 08:53:12.637843');
INSERT INTO "data_keys" VALUES('accounts',X'76C0D475D58B745904304915EDD1FAA91DD3BFBCFCD421AC67180D22234A3A2E6318AAB0F7EED4A5E6A864B563F209B7D14CA4FF6900F6BF90512C22','96696cfe5087651a','2026-12-03 08:53:20.736511');
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
INSERT INTO "encounters" VALUES('5247ed9b-9cab-4698-baf7-a2c85178b17e','99e76d84-c8b3-4bfe-8811-9b6e74a4d565','12/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 08:51:50.185781',2026,NULL,NULL,NULL,'unstated','2026-12-03 08:51:50.179480','local:root');
INSERT INTO "encounters" VALUES('47faadb8-75ec-416a-8246-d0724cf405f7','ffaf0b67-7e1a-4339-a3cb-d4b70646e600','13/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 08:52:07.628589',2026,NULL,NULL,NULL,'unstated','2026-12-03 08:52:07.618827','local:root');
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
INSERT INTO "identity" VALUES('ca88dd32-cd8e-4d3e-b2d4-8f631fabca18','aa4b88c0-d7a6-4aa4-8cff-8dd644c05406','96696cfe5087651a');
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
INSERT INTO "models_in_use" VALUES('86d4b145-de42-579a-a4ad-2fb976b215fc','fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221','leader',1,NULL,0,0,NULL,0,0,'2026-12-03 08:51:48.532196');
INSERT INTO "models_in_use" VALUES('aa073fd3-4a95-50b6-aa6f-2fc6b4b48c6f','face','7a7de8336b204bf14a8ba57a6c9a1c067aae1a79afa83eadcc12495749a3096f','sface',1,NULL,0,0,NULL,0,0,'2026-12-03 08:51:48.544012');
INSERT INTO "models_in_use" VALUES('7e4245d2-3a6f-5e14-8b7b-cbf0b70c43be','iris','0a5a8c1a27fe97b1dc3f7ae16c3c6c57d2b9262dd89051320ab45e93d66c8bc3','iris',1,NULL,0,0,NULL,0,0,'2026-12-03 08:51:48.553955');
INSERT INTO "models_in_use" VALUES('40ede935-d3ee-5d46-906b-615785865a96','palm','28ceed376d4ea966eb57ec7c2dbe03298eac2df7df0f253e707840c3353101f4','palm',1,NULL,0,0,NULL,0,0,'2026-12-03 08:51:48.570234');
INSERT INTO "models_in_use" VALUES('981e8725-346d-5024-aed2-13f949b03be4','mark','204d6bdba5b5f4c214e2a26acc7a94d77d843b8838f7053a87743d434f3e834e','mark',1,NULL,0,0,NULL,0,0,'2026-12-03 08:51:48.581943');
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
INSERT INTO "name_words" VALUES('99e76d84-c8b3-4bfe-8811-9b6e74a4d565','asa','AS');
INSERT INTO "name_words" VALUES('99e76d84-c8b3-4bfe-8811-9b6e74a4d565','verma','VRM');
INSERT INTO "name_words" VALUES('99e76d84-c8b3-4bfe-8811-9b6e74a4d565','asaverma','ASVRM');
INSERT INTO "name_words" VALUES('ffaf0b67-7e1a-4339-a3cb-d4b70646e600','ravi','RV');
INSERT INTO "name_words" VALUES('ffaf0b67-7e1a-4339-a3cb-d4b70646e600','kan','KN');
INSERT INTO "name_words" VALUES('ffaf0b67-7e1a-4339-a3cb-d4b70646e600','ravikan','RVKN');
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
INSERT INTO "records" VALUES('99e76d84-c8b3-4bfe-8811-9b6e74a4d565','2700000001','Asha Verma','unknown',NULL,'{}','2026-12-03 08:51:50.179480',1,NULL,NULL);
INSERT INTO "records" VALUES('ffaf0b67-7e1a-4339-a3cb-d4b70646e600','2700000002','Ravi Khan','unknown',NULL,'{}','2026-12-03 08:52:07.618827',1,NULL,NULL);
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
INSERT INTO "samples" VALUES(1,'5247ed9b-9cab-4698-baf7-a2c85178b17e','fingerprint',2,0,'image/jpeg',300,400,500.0,41,NULL,'{}',NULL,'f37b71d7dd917a9f51edf54ac5e36c4998729e7cea3a8d2798625a38cf2a80dc','c3122bc42b99fcf533b061f897b1791154d4f5d1748aad5cfae29164a565bb9f',13038,'1_1.jpg',NULL,NULL,NULL,'local:root');
INSERT INTO "samples" VALUES(2,'47faadb8-75ec-416a-8246-d0724cf405f7','fingerprint',2,0,'image/jpeg',300,400,500.0,56,NULL,'{}',NULL,'4690615d0734e0595cc71cac12c4a1bfc273da7328995717ff4d406c7e2d6ac8','7cbd946f016c088c79884c5c8df30aaccfa8c982032f6835d87c06294ff4d139',13407,'2_1.jpg',NULL,NULL,NULL,'local:root');
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
INSERT INTO "score_views" VALUES(5,'search','639c619e-aee4-4387-b66f-82d96b4f2309','local:root');
CREATE TABLE search_candidates (
	search_id VARCHAR(36) NOT NULL, 
	rank INTEGER NOT NULL, 
	record_id VARCHAR(36) NOT NULL, 
	score DOUBLE NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_search_candidates PRIMARY KEY (search_id, rank), 
	CONSTRAINT fk_search_candidates_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
INSERT INTO "search_candidates" VALUES('639c619e-aee4-4387-b66f-82d96b4f2309',1,'99e76d84-c8b3-4bfe-8811-9b6e74a4d565',1.61361263702507301e+02,'{"score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "gap": 153.51979894716592, "hint": "likely", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 1, "score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "counted": true}], "stated_gap": 31.448741502378176}');
INSERT INTO "search_candidates" VALUES('639c619e-aee4-4387-b66f-82d96b4f2309',2,'ffaf0b67-7e1a-4339-a3cb-d4b70646e600',7.84146475534138343e+00,'{"score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "gap": null, "hint": "inspect", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 2, "score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "counted": true}]}');
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
INSERT INTO "search_images" VALUES('6290f817-3e6b-452a-8a6e-1125f9c2fde5','639c619e-aee4-4387-b66f-82d96b4f2309',0,'image/jpeg','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','f03c848493419c471d3b01299c727f11eedc68ed9b022dbfe51225fc916c55f4','2101-12-03');
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
INSERT INTO "search_probes" VALUES('639c619e-aee4-4387-b66f-82d96b4f2309',0,'fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E505301345085548CC1DA261EDC20FF6A1778B29C318D6BAC5202EED68413FE0D7C45F0D3432124151DE0CBAB44B10695994D99024EC596AE41AEA75A7600A476296068F1FC703CCAAB84F4B6DCD74D7589CF3275E68AA024E5F085D330EBA164726BD5126B5C5144ADA589D11298FD759D3C47836515D9FDA7449FFECDFADE0B50AD0B9CFA007D1485CC06F0659166092DDBAF4D4A40263051EF519A58AE5218710D2A3B11F7C6862405845EC7DE8B7DE1522ED59640966E47D260DAF7C4AD853016432C8B1EF280F55F8278BE939C72AEB8AB81FF571F2E90F45AEE51ADCD9A08B8712C8E0CB5C520CEAC3C2EF733284B8DF0CC06EA774A20A10F140552F1E5D92074DD47019E1C6966FC5F942DECCFD42C64C82F5FEF88F43E76CD7F31EE4B7839F2BA7900C75189C3DACC04F5D3B0F84BA5536EE4E97E7C7571BED780CA927BC746757A83412FCA4217C7778B80EFB4FB8BF33DD2E24B209169BDBA0610FCBC39AC5A9724D24574FFE53D64275485F3DF7BC8DFA27DD6320210BB8A6FC7F65BFB17C6085350E4DD398E8129915F7E12979051DFF3D39CC243D3F13E14BCEF9D7FF4279FA590888A95E9B2721B442655D15FC7A22C5333C4C94147DEA030F7500B4CE173048FB77E558D11C5B9617E0BD49DE929EC50985830CB3B6A4E992AF23EFC15CE2BA311275C0B9C835CA23758C82C60D2C82245974D85C029ABA5E96C31A912407356B53C38E730F9D0CFE20D207174574124E090C1C04B586F4365AB104359937E9617603530E27A848143CB5C434B9901F32454F4274817A16805A6393AB2F78D5E1C6220EC738126DDC43DC9315F57A624325EBE9D3834BE978D57F6B2EC206AF395248FA1675BCBFB4C1498F0C5180FDCE2A69F52B923F15BDA49D0D051B6B7566C1B2B78E81BF9356E96F06B690E2B7B47D280F12A721BE5563FB56160FC160F2ECBC67932316DD08B5312642FDB975D96625BB0630215F678A7FD05F7CC2C8496426641E5DF3E061C253036EA29AA00FAA0624694D767CA3894F9DC7817834E33B3CEC61D5323DE8CDD49AAF4EBE7B0892BC3AA535B8ACEE0DA689BA3D4F9CA9F71052337416DC3D18782FC11597CC24ACC2BA5661D66B5ED8AFCECF714967DF623261399F91B2455E9B1C56376006ECCA34B45CE4129B766EB37E3CBB40A8F72FDFE762FDBEEDE9DF95BB2E9D454D07985A67D95890CB3A982A682696B8321DCCCCE698C40EDA954A7EC301E7CB2E4D31CA01EDA117476AACCCB5CCC95A38FACA5043B60520DAB60EE0975FBCD97351E3BC32247C497480EEC0ECE360759A7A71F4E086126FAA3D0AB52BDA7D031101C3E45A17FEC066E9C58E57CE5314CF94534542D7C9035680A83CAB976CC2A96F05388B396FAF951CBE0FA6329F14177CA50A5A9E7C9F14265BA2BDF363E413A63A6BFA633900896E06B223AC7BBD114A6F74F327ABEBA14D3E29B15D59432B019BBA86D975081B0FF8F79AE77C1065F91FAE18E1CD40B8B8A0550838F11710A92EB6BD9B2422189849B4544970369DC6E2C0011F2CE4C68FB73F36E75C600D5DD1DFFEFC32251A9AFFE79CC5F7EB65E725EBFD4DDB5D5308EDAC9F3D9F47CD337BE1A248EDDBD60C08C69EB0B71D4EE12DA6FD0BEFF8D255E85FEA9833D24933F613774FDE84E84C6A92AC7B7646E6326BFD7387646F3BE6B5F63F7993DDA76AB4863A90BD3FF56D97E04D9DA425F41922860EE2757BC5DFE3F54DDA749FDE4A69D2C648356699F76B0E564EB0BEB9B68DB50CD49477FA6E47F3CBA2FAC18F1F494D1FC7DF39ED4F51F78BD0C06E2E86C144E02EC7C34C052EB14022F046BEF31AC8A0A1DD8ADA7E4F626C6BD0EB4AAA192D8E8A5D79D6F73C8BC29C657ABAF49A6F952',NULL,2,'right index (1_2.jpg)','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','{}');
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
INSERT INTO "searches" VALUES('639c619e-aee4-4387-b66f-82d96b4f2309','2026-12-03 08:53:12.635408','12/2026','root','{"target_fpir": 0.001, "max_candidates": 10, "where": {}, "alternatives": false, "shortlist": 200, "sequence_after": 2, "identity": {"fingerprint": {"model": "bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221", "feature_space": "40f5436326afb136bf82b3205d52c6234f044e521876b61b92f756478b166f97", "calibration": "dfb9cd76677af391d4164aadabbcffd958f47454da7c740d98a987be336b36d5"}}, "index": {"fingerprint": "feature sets 5"}, "elsewhere_fpir": 0.001, "bound": 33.5091, "stated": [0.0, 2.9717238947957476, 9.616098041044777, 16.239876412455715, 22.880151579144087, 29.516580818802122, 36.18305047946328, 42.86542078925533, 49.54779109904737, 56.23016140883943, 62.91253171863147]}',2,2,3.30092138130576344e+01,'local:root','national','investigation','',NULL,NULL);
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
INSERT INTO "templates" VALUES(1,1,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E5053015EB788FDB1C273A0FC43BAB20F948727A7315B1E83738B3E81CA5FDF9B5792DB6680D62F6FEF70BB217E8C5B7B251A9274E129C731ECAEC13A2C2168926E13310D79A4A9A0F515BF7C9CEC9362B8987C9315161E8E6D221B6376C95502BC132412524D29BCD60A2D888F94654A6B2318AD5F27FA598CECA170A63358BAD961E853ECE5C86F4B0F906505266149CF7CC330AEE3C6B5BCEC76CC7756F75AC000CA2B4F86FD84C9E1F6B5EB81DD24C7D169B552C68B51B31B39B0FC35F1D1B74857B189B0F9984F8A946965842BCADEB64C8C067D03679E45F7E0306B7DD629995E73F3B636E18A059FAC655C6FE1736DD6E5A08E9FC88A4E9D878BBFD24BC843CDE9EF0D493998C889E7F4BA75C30E19FB987C0307C366D7E8A302EDB8CA2CDDCC57EAAC850144D8B9AB2D119013E2B9160AC0969CFB4D0A100B65F80C5D7998DBD3C6600A5B0D169820481ED269335AEDCFBC69F370347C25607D2D6B3089280A5F25AACDB151C66A37281DED6B31AC7EC328CA48C629B6100D1FF0E6208C197817C7B3113BBB1B024981AB5D0EA50A9B04CA92A14DCE6856BBC83F6623EAC55099154879E5060BE20F9F741188375DEA909DFC47011299111F946834272C79E7625414FF7CD3DBB83819C42FB4C82822AF04CC7011FEB2AE62FE09DE338F038BFC2A600A27979D506D4C9B0F8F8B8ACE7312259EA038DF16F2B8BDDDE606879615EAA387E355663BF1C1B9931B2A5850ADE1CF22C57E114E242F1562376B40305A1DE3FC25814A9A8667B0C76E3DA49BE4EBAFEF9639B5DA648CE45417BAA5A01B99A826EE0BA334B21E7DFB9FE8DD7680F1BBEB4E428850DFD21B298E71400A547D394894D161ACF9055BB8E2CBCB5A0C13111F42C504E2689E1D82968BB4B13C3212BB4C9E2781DF43F989F4344CEEE8121FD26C54CFC5A3BE91EB676E0464FADF0A91B9F93FCE5324975B96F7ACB360F30600B5FA466562208C93F2008AF447E9003AA3FB965ACFCE53E3CFBB7CDA244936710318BEE5295E245A9A1A75593CAABB6541DA95BD3C3E6F70F4E76F4BCDE6916FAEAB1248108DF77D2C6355D9BF3335E1D88531276033A9D3EC9F6A6A99739DB5C83DDE79F70AE4407284DDE07B62FD505FE6E7ACADD0E6D9456FDD063DDA801808CEABCD514C1EBBB95142A867076596C3984822D2DF3834CA67597CB091A3D8943982D01F734B8190B3382F7E4E8B9F35A1483ECA31E4F032352EF90AC7A9438E1EBBE112EBDDA4DE6F9320F7C76EA5B225A002CFA82CD0B3378E069855C6AA7760753BA737BF5DB8F7396FC11B325FB9596E28BCFDE074D864A0178A45FF17098F1A3DFA499CD6155CF630B3897193E9383BFC8C771CC07A62BDDDEBE2333DE6DE9ABA4B44C218A7472DA0B8FDFCB79069E9FF15B919CC4B746DA86EE07BEE60B155AED77E7843C4D6A780E11DCC260464C969AA176A98B4FDD083ECABAC3C062002E5A4B82CABFBA9C31590E50F68C17FE90F12CEEDD3E5CEBE146041BE00A9');
INSERT INTO "templates" VALUES(2,2,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E50530183DC3867F21D5BA9EF8D9B74663D9D58021EE04488759F0DBDA89458E16E5E5727098DD03DA5391B11938691C8E3526E3DE1AE79159017684407EE341BAE282DB3C50E39E0E1B306EB93689871D675CBCC3CD0028943B354D8CB7F20322156B7577A3EA734817A5AE22131E3E9A01B148112FA50F19241C716E2965F0922F124BB3A673E4C579AB4EC3E410DD5B90D168AE4DFB23C4B335EA7E45B913773CB7E87531D549154D9E74688BF3F3ED02D7916A5D18B684107133D1CBF66BC485C3858B814CB299E0B6DF339927E32CDDEC94220539E261E0DDA5D8501779C93CB448FF6E544361166D6660170DE0895E07259E4185DFCA7608C02DAABB632A682A4D0F6EA2EDAE9CED491EF9BC7AD78454116055DEA2C19946E869D713394A70D811D295A55476C38485EE4ADF8CC01CBEE091AF54DFBC9A8BF1CA78272E20DBB6403FFF97A5E61638A24542C573ED6BACD6730A2FEF0E11ADEE4630028C5486A029476F1A39D8B91D8A20A6DF59823A5A86258C4D21A2292A08C90AEE6B1FF7949322B173D72A03D885C910336317C6E756FBEECF64633B723590BDBCBB1FDE8877DA89E59D9A7E30CB4DA04899CC9B090A4CD12870CB3AAE074198D51B8EB9F71864FF42CAB01FD60AEF6F85F12909AE410F18E130B14C14D7F3BA07DFAB6C128BDD8DB73D46DEEB4105A116B21A7CC098C9DFB2205187F09A9D4A443DE4029C269CE15990425B7F35545DBBB8F454BEB5B04F4D5988078F0E398920C996934413EB796002ECEAEF1B3BBA9D971F662340ACEB4A2F488C3102D740D6E9EA5EB4F74C1FB7362F60DBBA017784349D578BDF800E5BEE9568F3563D2E01552B63603C3AD7F6B443F77C713207550219ABD612248F8C74CDA7F18DBFF2A6B9FA971110F55A913546CA0AB5FEF79865E96070D34FA4E25325C9C8AF86185A257079633052F682C52F09596492CA1CB09CD685B73D7C9B8F0CD5A2B4C57FC371D7D7BB7D9E6C79FBF34DFC3F5892C33618B7B80696192BA177F0F6301B21FF2DB354E0697F2CEAD28C5D8E932F602CED223413447850A313E18555124BA42C03B54D2D28BBDC4191A00ED314F8559CD8C1157D5A9EFA116B1FBAD7F5A1E80C9F5CB8776D533AD12DA5001026A01C44333C1B85630615703ECD1A77ECF5683C4BD51404612D43DFCCC70288E1ACA34A0548A51F05EC88505A684F4E1B66590DAE45AEE137B679AF282E27EE1E4AD2EFB216DCE2DD3DF61FB079DB89B11134E809A3CBAF186C0C26B02464D41706C5DED170EE14A28CCB60ADF01A86FADCE302D9C797C0D7DC6F20D6F9FD5CB4D9BCB0DE307F7F0F1881B4AEB788EA6BA397CBEFEEF04C5F8E87B484F17626B033D');
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
INSERT INTO "users" VALUES('9811420c-703c-491d-88c0-57ddb042074e','r.patil','SI R. Patil','station_officer','27','519','27519004','2026-12-03 08:53:20.788953',1,NULL,NULL,'c84ba525e4d5859f9b5f147d30abe421d89c4ceb87bb229053a4709a3f3fff2d','2026-12-06 08:53:20.787639',NULL,NULL,NULL,NULL);
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
CREATE INDEX ix_user_sessions_expires_at ON user_sessions (expires_at);
CREATE INDEX ix_user_sessions_user_id ON user_sessions (user_id);
CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE INDEX ix_audit_entries_action_number ON audit_entries (action, number);
CREATE INDEX ix_audit_entries_credential_number ON audit_entries (credential, number);
CREATE INDEX ix_audit_entries_actor_id_number ON audit_entries (actor_id, number);
CREATE INDEX ix_audit_entries_subject_id_number ON audit_entries (subject_id, number);
CREATE INDEX ix_audit_entries_at ON audit_entries (at);
CREATE INDEX ix_score_views_actor_id_kind_about ON score_views (actor_id, kind, about);
CREATE INDEX ix_cases_candidate_id ON cases (candidate_id);
CREATE INDEX ix_cases_due ON cases (due);
CREATE INDEX ix_cases_record_id ON cases (record_id);
CREATE UNIQUE INDEX ix_cases_number ON cases (number);
CREATE INDEX ix_cases_standing_id ON cases (standing_id);
CREATE INDEX ix_cases_created_at_id ON cases (created_at, id);
CREATE INDEX ix_cases_state_created_at_id ON cases (state, created_at, id);
CREATE INDEX ix_cases_search_id ON cases (search_id);
CREATE INDEX ix_cases_candidate_search_id ON cases (candidate_search_id);
CREATE INDEX ix_case_allocations_assigned_by ON case_allocations (assigned_by);
CREATE INDEX ix_case_parts_actor ON case_parts (actor);
CREATE INDEX ix_once_keys_created_at ON once_keys (created_at);
CREATE INDEX ix_tasks_webhook_id_created_at ON tasks (webhook_id, created_at);
CREATE INDEX ix_tasks_due_at_priority ON tasks (due_at, priority);
CREATE INDEX ix_tasks_owner_kind_created_at ON tasks (owner, kind, created_at);
CREATE INDEX ix_tasks_changed_at ON tasks (changed_at);
CREATE INDEX ix_webhooks_owner ON webhooks (owner);
CREATE INDEX ix_task_files_image_name ON task_files (image_name);
CREATE INDEX ix_data_keys_master_id ON data_keys (master_id);
CREATE INDEX ix_lineup_members_record_id ON lineup_members (record_id);
CREATE INDEX ix_records_birth_year_created_at_id ON records (birth_year, created_at, id);
CREATE INDEX ix_records_merged_into ON records (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_records_created_at_id ON records (created_at, id);
CREATE INDEX ix_records_bare_state_created_at_id ON records (bare_state, created_at, id) WHERE bare_state IS NOT NULL;
CREATE INDEX ix_described_mark_terms_term_record_id ON described_mark_terms (term, record_id);
CREATE INDEX ix_encounters_enrolled_by_record_id ON encounters (enrolled_by, record_id);
CREATE INDEX ix_encounters_fir_number ON encounters (fir_number);
CREATE INDEX ix_encounters_state_records ON encounters (state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_fir_year_record_id ON encounters (fir_year, record_id);
CREATE INDEX ix_encounters_date_record_id ON encounters (date, record_id);
CREATE INDEX ix_encounters_district_code_date ON encounters (district_code, date);
CREATE INDEX ix_encounters_station_code_date ON encounters (station_code, date);
CREATE INDEX ix_encounters_record_id_state_code_district_code_station_code ON encounters (record_id, state_code, district_code, station_code);
CREATE INDEX ix_encounters_district_records ON encounters (district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_station_records ON encounters (station_code, district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_state_code_date ON encounters (state_code, date);
CREATE INDEX ix_name_words_word_record_id ON name_words (word, record_id);
CREATE INDEX ix_name_words_key_record_id ON name_words ("key", record_id);
CREATE INDEX ix_samples_encounter_id ON samples (encounter_id);
CREATE INDEX ix_samples_modality_finger_position ON samples (modality, finger_position);
CREATE INDEX ix_samples_image_sha256 ON samples (image_sha256);
CREATE INDEX ix_samples_image_name ON samples (image_name);
CREATE INDEX ix_sections_section_act ON sections (section, act);
CREATE INDEX ix_mark_terms_term_sample_id ON mark_terms (term, sample_id);
CREATE INDEX ix_merges_survivor_id ON merges (survivor_id);
CREATE INDEX ix_merges_merged_id ON merges (merged_id);
CREATE INDEX ix_encounter_links_from_id ON encounter_links (from_id);
CREATE INDEX ix_encounter_links_to_id ON encounter_links (to_id);
CREATE INDEX ix_moves_from_id ON moves (from_id);
CREATE INDEX ix_moves_merge_id ON moves (merge_id);
CREATE INDEX ix_moves_to_id ON moves (to_id);
CREATE INDEX ix_moves_encounter_id ON moves (encounter_id);
CREATE INDEX ix_moves_emptied ON moves (from_id) WHERE emptied = 1;
CREATE INDEX ix_outcomes_encounter_id ON outcomes (encounter_id);
CREATE INDEX ix_osia_encounters_client_id ON osia_encounters (client_id);
CREATE INDEX ix_encounter_galleries_gallery ON encounter_galleries (gallery);
CREATE INDEX ix_searches_case_number_created_at_id ON searches (case_number, created_at, id);
CREATE INDEX ix_searches_created_at ON searches (created_at);
CREATE INDEX ix_searches_state_unit_created_at_id ON searches (state_unit, created_at, id);
CREATE INDEX ix_searches_unit_created_at_id ON searches (unit, created_at, id);
CREATE INDEX ix_searches_actor_id_created_at_id ON searches (actor_id, created_at, id);
CREATE INDEX ix_searches_district_unit_created_at_id ON searches (district_unit, created_at, id);
CREATE INDEX ix_probe_templates_model_leased_until ON probe_templates (model, leased_until);
CREATE INDEX ix_search_candidates_record_id ON search_candidates (record_id);
CREATE INDEX ix_clearances_erase_on ON clearances (erase_on);
CREATE INDEX ix_clearances_state_code_district_code_station_code_requested_at ON clearances (state_code, district_code, station_code, requested_at);
CREATE INDEX ix_expungements_created_at_id ON expungements (created_at, id);
CREATE INDEX ix_expungements_record_id ON expungements (record_id);
CREATE INDEX ix_search_orders_search_id ON search_orders (search_id);
CREATE INDEX ix_retention_orders_encounter_id ON retention_orders (encounter_id);
CREATE INDEX ix_subscriptions_record_id ON subscriptions (record_id);
CREATE UNIQUE INDEX ix_subscription_events_subscription_id_kind_about ON subscription_events (subscription_id, kind, about);
CREATE INDEX ix_changes_modality_model_sequence ON changes (modality, model, sequence);
CREATE INDEX ix_reextractions_model_leased_until ON reextractions (model, leased_until);
CREATE INDEX ix_notifications_recipient_number ON notifications (recipient, number);
CREATE INDEX ix_standing_changes_modality_model_sequence ON standing_changes (modality, model, sequence);
CREATE INDEX ix_search_images_keep_until ON search_images (keep_until);
CREATE INDEX ix_search_images_image_name ON search_images (image_name);
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
