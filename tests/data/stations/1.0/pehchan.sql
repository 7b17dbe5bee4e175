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
INSERT INTO "audit_entries" VALUES(1,'2026-12-03T15:30:35.005468Z','local:root','national','local','','','','record.enrol','d5a595e4-0358-42ae-9cb7-060561baf3ea','{"digest":"b6896ef375b7ad6e6dedf0ad080e7c9c8dddaf521dfd327be7f7cf8f148b27f6","encounter":"40cb86be-8bce-4dca-9016-fda440ffeef3","samples":[1]}','0000000000000000000000000000000000000000000000000000000000000000','','1832960b01c5eae7c371543bfe340c15c141651b9277d5dcdba5408055d16818');
INSERT INTO "audit_entries" VALUES(2,'2026-12-03T15:31:04.823616Z','service','national','','','','','check.make','d5a595e4-0358-42ae-9cb7-060561baf3ea','{"cases":[],"encounter":"40cb86be-8bce-4dca-9016-fda440ffeef3"}','1832960b01c5eae7c371543bfe340c15c141651b9277d5dcdba5408055d16818','','6468551fc6a1d14c6dcbae210d9148ba475411b897c66f72e089fb6a8f71b99f');
INSERT INTO "audit_entries" VALUES(3,'2026-12-03T15:31:56.940760Z','local:root','national','local','','','','record.enrol','969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9','{"digest":"789a46ac59085e22cd64a88c01b269e3c43c548acb50d92ee7024a6cc074395c","encounter":"95eac193-d84b-4bab-90a6-ada40b9acfc6","samples":[2]}','6468551fc6a1d14c6dcbae210d9148ba475411b897c66f72e089fb6a8f71b99f','','d153b8a3773c09bd02e6bc787b25aa4ce2280318410b16cd4701163cb9300921');
INSERT INTO "audit_entries" VALUES(4,'2026-12-03T15:35:27.465313Z','service','national','','','','','check.make','969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9','{"cases":[],"encounter":"95eac193-d84b-4bab-90a6-ada40b9acfc6"}','d153b8a3773c09bd02e6bc787b25aa4ce2280318410b16cd4701163cb9300921','','ae4f097452fad47b583dddfe503f4f206d51537cc367165abb3d00cc87850c42');
INSERT INTO "audit_entries" VALUES(5,'2026-12-03T15:35:50.423707Z','local:root','national','local','','investigation','12/2026','search.make','2ed6d47d-550d-4378-a3c6-be9bca1dae09','{"digest":"fa585debc58510b1c2e1004dc6428664384cc66243a36900d95765209487e2b8","gallery":2,"probes":1,"records":["d5a595e4-0358-42ae-9cb7-060561baf3ea","969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9"],"withheld":[]}','ae4f097452fad47b583dddfe503f4f206d51537cc367165abb3d00cc87850c42','','7e67dfbda68eba1351c15f8eb99d2bb69db9f45f4036cdb3b7c60b3c16bc18de');
INSERT INTO "audit_entries" VALUES(6,'2026-12-03T15:36:01.095684Z','local:root','national','local','','','','account.create','19cd6f42-acc8-43f4-a466-bf47baeb9b6c','{"roles":["station_officer"],"unit":"27/519/27519004"}','7e67dfbda68eba1351c15f8eb99d2bb69db9f45f4036cdb3b7c60b3c16bc18de','','ef4a7751793b188483048c68f025f4ed9711029aa2617e9239f2c5557740171b');
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
INSERT INTO "data_keys" VALUES('d5a595e4-0358-42ae-9cb7-060561baf3ea',X'AB0E7BDFFE10EF789E300B648CAF76FAF81F9D2BE261CFE86B9B1411AA60EBCD1D8E8BA07E350A46258EA34BBFFEF29B33917CB000BAC79B23A85B16','787637438176d7a4','2026-12-03 15:30:34.918039');
INSERT INTO "data_keys" VALUES('snapshots',X'14D9D814744CEF6403145A9253147936B7193C34D68B990827D9288CBC535BB940B9FBDCE531F86040D7D20B715CEBABA54699E57A1521164D1DFEB3','787637438176d7a4','2026-12-03 15:31:05.009584');
INSERT INTO "data_keys" VALUES('969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9',X'E561634786B9389501EAA58EA706CB54476B5FC64744BDB92438E9D9E9E3EB14AF7952A014E6E573CE8E7EAA8667E6BEB9AF76B269F9D223F4E17C3F','787637438176d7a4','2026-12-03 15:31:56.673105');
INSERT INTO "data_keys" VALUES('2ed6d47d-550d-4378-a3c6-be9bca1dae09',X'698B0C6443C9B9BD2DACA2CC3C4B478D8A7E2564947F0085F0168839C7E68E16954D72D8D61ECCD20C11D43F8F4503EF62024E20DD9AB09B82F3F84C','787637438176d7a4','2026-12-03 15:35:50.332442');
INSERT INTO "data_keys" VALUES('accounts',X'B45885AAB281D99BBB4EE1573BCFB425FBCEDF5F194FF4E9EF383F0237CE460C3E9DF4FA094671D94F9575AABCD6441779C19B484D3BD791A17B8732','787637438176d7a4','2026-12-03 15:36:01.049164');
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
INSERT INTO "encounters" VALUES('40cb86be-8bce-4dca-9016-fda440ffeef3','d5a595e4-0358-42ae-9cb7-060561baf3ea','12/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 15:30:34.945903',2026,NULL,NULL,NULL,'unstated','2026-12-03 15:30:34.931134','local:root');
INSERT INTO "encounters" VALUES('95eac193-d84b-4bab-90a6-ada40b9acfc6','969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9','13/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 15:31:56.800089',2026,NULL,NULL,NULL,'unstated','2026-12-03 15:31:56.703880','local:root');
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
INSERT INTO "identity" VALUES('48bd09b4-3b60-4397-a678-7a56e006e911','f23fd758-5a41-4031-94bb-70e10cc0b7bb','787637438176d7a4');
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
INSERT INTO "models_in_use" VALUES('86d4b145-de42-579a-a4ad-2fb976b215fc','fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221','leader',1,NULL,0,0,NULL,0,0,'2026-12-03 15:30:29.569601');
INSERT INTO "models_in_use" VALUES('aa073fd3-4a95-50b6-aa6f-2fc6b4b48c6f','face','7a7de8336b204bf14a8ba57a6c9a1c067aae1a79afa83eadcc12495749a3096f','sface',1,NULL,0,0,NULL,0,0,'2026-12-03 15:30:29.669858');
INSERT INTO "models_in_use" VALUES('7e4245d2-3a6f-5e14-8b7b-cbf0b70c43be','iris','0a5a8c1a27fe97b1dc3f7ae16c3c6c57d2b9262dd89051320ab45e93d66c8bc3','iris',1,NULL,0,0,NULL,0,0,'2026-12-03 15:30:29.716983');
INSERT INTO "models_in_use" VALUES('40ede935-d3ee-5d46-906b-615785865a96','palm','28ceed376d4ea966eb57ec7c2dbe03298eac2df7df0f253e707840c3353101f4','palm',1,NULL,0,0,NULL,0,0,'2026-12-03 15:30:29.735763');
INSERT INTO "models_in_use" VALUES('981e8725-346d-5024-aed2-13f949b03be4','mark','204d6bdba5b5f4c214e2a26acc7a94d77d843b8838f7053a87743d434f3e834e','mark',1,NULL,0,0,NULL,0,0,'2026-12-03 15:30:29.746094');
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
INSERT INTO "name_words" VALUES('d5a595e4-0358-42ae-9cb7-060561baf3ea','asa','AS');
INSERT INTO "name_words" VALUES('d5a595e4-0358-42ae-9cb7-060561baf3ea','verma','VRM');
INSERT INTO "name_words" VALUES('d5a595e4-0358-42ae-9cb7-060561baf3ea','asaverma','ASVRM');
INSERT INTO "name_words" VALUES('969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9','ravi','RV');
INSERT INTO "name_words" VALUES('969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9','kan','KN');
INSERT INTO "name_words" VALUES('969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9','ravikan','RVKN');
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
	holder VARCHAR(100) NOT NULL, 
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
INSERT INTO "records" VALUES('d5a595e4-0358-42ae-9cb7-060561baf3ea','2700000001','Asha Verma','unknown',NULL,'{}','2026-12-03 15:30:34.931134',1,NULL,NULL);
INSERT INTO "records" VALUES('969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9','2700000002','Ravi Khan','unknown',NULL,'{}','2026-12-03 15:31:56.703880',1,NULL,NULL);
CREATE TABLE reextractions (
	sample_id INTEGER NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	holder VARCHAR(100) NOT NULL, 
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
CREATE TABLE running_servers (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	models JSON NOT NULL, 
	leased_until DATETIME NOT NULL, 
	CONSTRAINT pk_running_servers PRIMARY KEY (id)
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
INSERT INTO "samples" VALUES(1,'40cb86be-8bce-4dca-9016-fda440ffeef3','fingerprint',2,0,'image/jpeg',300,400,500.0,41,NULL,'{}',NULL,'f37b71d7dd917a9f51edf54ac5e36c4998729e7cea3a8d2798625a38cf2a80dc','a41dee205918ee76ed9d63dc54f73bd50967cbd4869f24f760cb1da093a9a79a',13038,'1_1.jpg',NULL,NULL,NULL,'local:root');
INSERT INTO "samples" VALUES(2,'95eac193-d84b-4bab-90a6-ada40b9acfc6','fingerprint',2,0,'image/jpeg',300,400,500.0,56,NULL,'{}',NULL,'4690615d0734e0595cc71cac12c4a1bfc273da7328995717ff4d406c7e2d6ac8','f7b9ad9b297584018c665ba85cbcf6bf20fbf2f510866856c2c5b067e3074fa4',13407,'2_1.jpg',NULL,NULL,NULL,'local:root');
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
INSERT INTO "score_views" VALUES(5,'search','2ed6d47d-550d-4378-a3c6-be9bca1dae09','local:root');
CREATE TABLE search_candidates (
	search_id VARCHAR(36) NOT NULL, 
	rank INTEGER NOT NULL, 
	record_id VARCHAR(36) NOT NULL, 
	score DOUBLE NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_search_candidates PRIMARY KEY (search_id, rank), 
	CONSTRAINT fk_search_candidates_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
INSERT INTO "search_candidates" VALUES('2ed6d47d-550d-4378-a3c6-be9bca1dae09',1,'d5a595e4-0358-42ae-9cb7-060561baf3ea',1.61361263702507301e+02,'{"score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "gap": 153.51979894716592, "hint": "likely", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 1, "score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "counted": true}], "stated_gap": 31.448741502378176}');
INSERT INTO "search_candidates" VALUES('2ed6d47d-550d-4378-a3c6-be9bca1dae09',2,'969cc8d8-eef3-4ec7-bc0b-5349d8cb20d9',7.84146475534138343e+00,'{"score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "gap": null, "hint": "inspect", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 2, "score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "counted": true}]}');
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
INSERT INTO "search_images" VALUES('32e2909d-3e11-4a20-8b65-0401b555f664','2ed6d47d-550d-4378-a3c6-be9bca1dae09',0,'image/jpeg','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','f00296b4f7ffcfb5a1ea848a5daf808ad98c62a0885962ef645ed7701c50e89e','2101-12-03');
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
INSERT INTO "search_probes" VALUES('2ed6d47d-550d-4378-a3c6-be9bca1dae09',0,'fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E505301EACFE52D263FCB8FAD6E44B8B3C1FC4A2F1D8F54E11B8288CF80ED5E5A9D9679E2020F46A28FADE93F7957237418D7522D6E216A1B40357E85C35864B93D7B616542DAC0310EC5FCE17F5356BFC075F788BFC09156B671931573B983FC062A1003B26A6656A22AD5C10332DF681F34970360B2CF95443243447D5774F86BB74D1E438F3575CDFF2670D2D766E2765E1A51E4B7A63A669411A9C28B73A703F76A5FFFF0436D2A3B5EBDBDC4BCBC68A92D54F1C99CA8FFDDC0E17D76A20029377AC37160451655B459B4C20893441878B28707775A488B2393C6FFCF61D34995565E78A8776F383E467DDD3993A246BFBD2874B7855C85900931F95298FDF2DA905323E3F63D3EAE7C6159E91C254C4AC68E6379D33CEF3A38B6EF8D945F0930349F5B4CA94404F9DE3A311BC64566D2C8737797A75D64C0356B29E2D5131AF02C691E5624F93C833D3D280AA51A6076B445673B232FDF6E9E5F0A1FD83D7D2CA1FA2E45783A791DF41420496F74B9AD872A8CA61AA591737A2B905D9840CB808661F1FB963CD13BC8E0357DF63264E0D2C599DD2955659646A8C5726680D3C087B290E87EB01E2C1E6EB632545B56989B5D6466CC85E45EAFF6E253CE17AE2F38E6335A65F4E205AB74E049608B0C57DFE1F149FF01462163368C178CB62917DB8FA9C65966CF4AD064C83CB6B1A064D7272D1011633F9298AA86DC6BB08E1775E1274202E5682412DACDD1A7A14F376ED4193EC684320E953CB66786BEE6319DBF6D998129614BDC5543F91885D4CFC29E78281B1BBCD733EBC2354E7727E27C7832C5BB5764A7CE18D64F87EC487FF14A4396B7D504B27276ABA21DDCAA6C94E2A304155551359B95A0F2153F91A8F9483D2B641A1C7FBCE471E927AA70518B7F447BED3DB05D23213254BA47142945B9096321306BF210CA6969222CE8786C56754116DB81D7FC6EEC869876934234FFD33A1C5E06B53ED6D36222C00202D0A094DAB9E7726BF6608E83C8B326ED2805873F5932A3D47712664904F064CF04FB651EB9B59B1BF387F0F50A5CA00AE01D28B50A5E59BEC965C2DC16D8D71657F58FAFA748B0A6353E9A962F8FB341DCF1A33EBC7E24E710C7BDCA813D3BD876BF7E7023504F8A35594B10216CDBB76B839D648BE7D260A4A7B6AE0DF3B25A2255F931FB2B21C615B6961E27BAC0B34EDADF1ADC1C62CF89CF134958B1C4E0B7815E5681C3FD788A39F17C18AB48018818E0E12F1D767B5E99B2BF2C7A0C1EAA829221B21F8F8EB00479A7D998C71A435FD391A2B813C75804CFA6EA6F20E780EAFCF7D26CCBA8C3F0EEC641ABAC8BAD143AB0F20F89D315EB45766B5BBF614B0E7923E8032B300762E3359E0EF72C4729289E21AFACC1393A74645DA9A4E2F8136966D7462BC46DD07DC6A3CF5EB7A11F86D70BDF24B86F99E437C5F6DA77CF0530B196C9759798C80C7C8A14B0F2B62947D799775642B8F102E58F3644D56C0AB8D7C060565B08650B61491A67E61873FF8237A7A086D1C9924475C8529B38C573B5CC507673F5E15CEA838E8057A75D1B81A5675234E73001DE33223D169A8CD20B7391B59673C39B0A6D9A7FFF378C30C36D1971748D49477D1626BB9F3657A33D561BE611AA05E323AF9909504768BCFA8B775B7FB615BF8D581C8FBD0CCBC0DA17DD5FC0459E11C838BF7D63F6CE3FCFF01954A0D1C4B32E27D98040D4B7604FF3274DE43CA957DE0CF06DF1E2D9CFF2F94E2E7E4E1394570621A7CD6F1839B1CEFADA2CC1397643933B64691FAE605C74E3A7ECB5FDFC3737F09CCAAB22ABB8AE95582795B940429FB47BB87303956D45E8F131C1B0E226C84864C42E9EF3D9ED111A2E43E838907D3C4AF827B5DD2457D5D0A928',NULL,2,'right index (1_2.jpg)','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','{}');
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
	authorise_until DATETIME, 
	CONSTRAINT pk_searches PRIMARY KEY (id)
);
INSERT INTO "searches" VALUES('2ed6d47d-550d-4378-a3c6-be9bca1dae09','2026-12-03 15:35:50.307654','12/2026','root','{"target_fpir": 0.001, "max_candidates": 10, "where": {}, "is_latent": false, "shortlist": 200, "sequence_after": 2, "identity": {"fingerprint": {"model": "bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221", "feature_space": "40f5436326afb136bf82b3205d52c6234f044e521876b61b92f756478b166f97", "calibration": "dfb9cd76677af391d4164aadabbcffd958f47454da7c740d98a987be336b36d5"}}, "index": {"fingerprint": "feature sets 5"}, "elsewhere_fpir": 0.001, "bound": 33.5091, "stated": [0.0, 2.9717238947957476, 9.616098041044777, 16.239876412455715, 22.880151579144087, 29.516580818802122, 36.18305047946328, 42.86542078925533, 49.54779109904737, 56.23016140883943, 62.91253171863147]}',2,2,3.30092138130576344e+01,'local:root','national','investigation','',NULL,NULL,NULL);
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
INSERT INTO "templates" VALUES(1,1,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E5053014050F28E25FCDED975D6494FC62F18912A4C18C79ABCBFF065DEF76A8050350A8966AB668F3A5274929D9DE20C4012F7C73FCFE97F81E93044B58AFBAC19C932CA22E431FEEA2C8A80728C03DB6874035C3DD8FEB66852799C0F1A6D6BB5F1F0FAF58F5B98715F9AC0B3142A1C1C68C2DA613ABE5162B4B80C52BAAB33C03F37D70D553F8EE21EFA196A6C899E307626698C4C812712C9AF29021CA9A2D349605BC914B243D6203BEBF418FE6B64AC6B54C5C12D70543FBD7348780F864AD6A2B3F955D7982A5A2ACB40B66812D93CEA23343BF5CFB96E9078B02B620718C9E06E326339BD53F76593632F05BE179564E9368B6DB01A83BB6D3172AA3B40CF147BB0CEDF7CA1AE55420D27A4C80BFC994EB8DB0FC13C1A17E9C500D70EF15D2DB1165625B11281969D037AB8BFF48BA9D1E610FC783C32762653424B4D2EB243721016F4BB7E8304D0E2AC3D984F4B2BA0BEF78C6E77673FB0D6B1470695EFB630149794B04EEA5E107BC9EED11E2416F7C41CA469BF750ACD25D568D2AD312CB2DD31F7EDBBFAEA0F6EF1DA190007DF94F9B9A8B7CC266CA5022E3D83271CDF2C47CCF25E72201AA58DA26DD9D480B725A99526B06973A16BD1CC975D4CBBA6E53251C45862082611D8D53D4DD79A20A0847A63FB8818D88F5F3C91DBDD01D0A829EE86584B71765A3D3C3735826BBD6E66FB4CF935451A2E21CEE5DA80EBE3EB7DFD7BC37CB987000EA5EFBB10DA436391D625516AF84FD6F2A65C89FF0683B648C492F9EFB791C6FB24F71D9937C51DC5A20DF1F2D989D61601B6261389E90D663655A95938AE5366698A1E16EDAF83113AC74254983134D5EC84F3E2D21B212487D105E0C299F451192B222513BC1393C262E227584C5E80C5B065648370ED0C58F489887C4DFFC941FD1E50D02EAD5F3AC18490CB45F032B7C878EF3A1900E54B8E591BE745BA20ED27E03BDEA844DA1683629DCFF7626617F7F2A81E4CD5F6C6D58360E4CCDC68AF2E32DBD9692723C0FEF42C724AC47A9411E82E2950AFCBC56FDBFC38C332017566274D87174333CBE51B7F0DF679D8D052437FA2FC6C290171BBDCD1B7DC7B430FADE75097A18F921CEE5C1031EF67B7CA43E5CF36AEDD8AA1685B2DA3FC0F80CB0C9A2D03C4577613570E1BE18F80EABE46356E89F9378515DBB6BF3E9ED95C23EC96FC7032ED215A2176FDE3CB025725E8F42C606B0E5612992B08D10AA8C7F02A718942AB0E10AECABB0340B1BCC625D545D12BA9499B10556CB25DFFC71D6B4271084D3119176FEC1CC8547515BD7D0D4F91FE57A6CCF8598572BD7932E8FA5E171D2862391A0F35069274B65E28EF6B564C98E711E348416B265466AED2AFC2E922809F589F6C4F943AEF350138B6E82574319847AEE3F5A2AE46F28B284E0D04BBAA753D456660EE99B81D75AD6851587525B4FC0F0C910A7ABED612AFB1787CD58968E07286D17A109BE7E438487712FACA3FF9B5E89A2B5D36EEFB746066447660A03DBEAD83');
INSERT INTO "templates" VALUES(2,2,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E50530142A9AD7E9F68A58EDABE3387E01D91120DD7D279ECDA41B8DF786D6E02767FFAD077A246657FB40D2B2486090FC86CD87298DBAAEBD28D6E23DE1AE9CB464EF517ED6D590CE961144504D68C260E8A21CC04EA482538773C3348DE84231A16400AB9D96094A2B8BDFB36F1BC7C6015B49C25E6BDFD99D25DF8F989C60C960B4B461FC962D5E7FAFC1DCBACDA0C43BAA485945F7F3B5A3497E3C693E11E165ED2764BC723767F301C15A195EBC121A071385933F49E7964F8EA3CF886B24CBAB68B79549812B124DF7F159D37646BB2A59534513C9BE3B56ACA41B6134B37E4D65EA8AA6D145C494AA31A07D7A12DEA337E90DEB2613801EA5E89F16B40EC7CA98F3C16AC927BE6280FD349AD1D130D575DA9E456887366B9800755BA25B78BB0AD09F52CD112B438D2B9E5DD972E0C23FE48D121981967CEA3F24BD743068A4020F436C7D7B9B55D04E9DFCEC0B2FF7C71C1248694F15DF25543B3AD817A6619F7C24F07D7B446E8E5F9A32053C390757A2A20EEA6A4FF38B1D57FCC06B3334D471D8DC309C414B32EBA72644102C0E07530A490B01AE017D3230766FC0125E27CA8C0F74FDFBBD0048E1EBD4E1DF3D99E5FE2090F0DC50E54B4700A62D37B4AB444297E06E98BB944C88AE996FBCB9642D944074A5222C33C6F67017FD15657AFD5A2158E2C14B165D64D5E86B36F560FA83F4D35EB11C10E34F21C6E8C46E2CB2460FAFB3DF1771C2993D61A278CC2EA79372A6F588FEEAB38DD6F32893B51E5D7FD1631D93B373FD5185D40952490C6D39721F5110A295D8F01190303A10B6DA942509A2CEE7898A6A770BB5F709FD84E1D0EC2037E1CC71EDFB0E35F9D5B06263A201C9F7CFDB9C4EE1984EEB1A04B9DB13F971E96A3D5BE7497095DD1F1B9E0FCB97C221B51D611AB4429FB7853E437442B76DFB6D548F3093BFBACEBDD1AFCECFBD6CF8121CF80611B45BC9CAA818DE16D93647C1479A18B28518E8ACB28F3357F16E7B1A76B520788676DDF02902C4B588550C650E882216212B7863A3FAE49A422D27040D47F7724AA70377B5236C8CC49A17D82D06AE78EDDC57ED2FE4E525E6648BEE86D5008DC6DDCDA1A1775EFCD6B27598B45366672157D410C02ECF6484B9660BF156D805FC1BDA031A0AF835172B6C749BF004A4E9F89D0C00AD2E3E1F2BB692FF7EBB363607B473D984B27FE4D95C84A706774D91BA118840DE33E023EF534291500E4F68CA1D74893DEFD5A549F417FF54EFDEB317D8AD992505D0079138E00E7DF1ECCC37F5D498EACFD518CDD22AEBB5097A28EF9BB7A82379459247EAC5CBBDC5EE8B1F7810A8F11B604F60D00BE001DADEC8BA6756B794DD810C978DE86EDD4');
CREATE TABLE units (
	path VARCHAR(44) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	level VARCHAR(20) NOT NULL, 
	telephone VARCHAR(40) NOT NULL, 
	court_details JSON NOT NULL, 
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
	qualification VARCHAR(500) NOT NULL, 
	paper_sha256 VARCHAR(64), 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_login UNIQUE (login)
);
INSERT INTO "users" VALUES('19cd6f42-acc8-43f4-a466-bf47baeb9b6c','r.patil','SI R. Patil','station_officer','27','519','27519004','2026-12-03 15:36:01.091864',1,NULL,NULL,'a9760678e9dcd304e829c0d31027a38818e1ec64f6432c61d63f6148e4efcb59','2026-12-06 15:36:01.081178',NULL,NULL,NULL,'',NULL);
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
CREATE INDEX ix_audit_entries_action_number ON audit_entries (action, number);
CREATE INDEX ix_audit_entries_credential_number ON audit_entries (credential, number);
CREATE INDEX ix_audit_entries_actor_id_number ON audit_entries (actor_id, number);
CREATE INDEX ix_audit_entries_subject_id_number ON audit_entries (subject_id, number);
CREATE INDEX ix_audit_entries_at ON audit_entries (at);
CREATE INDEX ix_score_views_actor_id_kind_about ON score_views (actor_id, kind, about);
CREATE INDEX ix_cases_candidate_search_id ON cases (candidate_search_id);
CREATE INDEX ix_cases_state_created_at_id ON cases (state, created_at, id);
CREATE UNIQUE INDEX ix_cases_number ON cases (number);
CREATE INDEX ix_cases_search_id ON cases (search_id);
CREATE INDEX ix_cases_created_at_id ON cases (created_at, id);
CREATE INDEX ix_cases_candidate_id ON cases (candidate_id);
CREATE INDEX ix_cases_record_id ON cases (record_id);
CREATE INDEX ix_cases_due ON cases (due);
CREATE INDEX ix_cases_standing_id ON cases (standing_id);
CREATE INDEX ix_case_allocations_assigned_by ON case_allocations (assigned_by);
CREATE INDEX ix_case_parts_actor ON case_parts (actor);
CREATE INDEX ix_once_keys_created_at ON once_keys (created_at);
CREATE INDEX ix_tasks_due_at_priority ON tasks (due_at, priority);
CREATE INDEX ix_tasks_changed_at ON tasks (changed_at);
CREATE INDEX ix_tasks_webhook_id_created_at ON tasks (webhook_id, created_at);
CREATE INDEX ix_tasks_owner_kind_created_at ON tasks (owner, kind, created_at);
CREATE INDEX ix_webhooks_owner ON webhooks (owner);
CREATE INDEX ix_task_files_image_name ON task_files (image_name);
CREATE INDEX ix_data_keys_master_id ON data_keys (master_id);
CREATE INDEX ix_lineup_members_record_id ON lineup_members (record_id);
CREATE INDEX ix_records_birth_year_created_at_id ON records (birth_year, created_at, id);
CREATE INDEX ix_records_bare_state_created_at_id ON records (bare_state, created_at, id) WHERE bare_state IS NOT NULL;
CREATE INDEX ix_records_merged_into ON records (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_records_created_at_id ON records (created_at, id);
CREATE INDEX ix_described_mark_terms_term_record_id ON described_mark_terms (term, record_id);
CREATE INDEX ix_encounters_enrolled_by_record_id ON encounters (enrolled_by, record_id);
CREATE INDEX ix_encounters_state_code_date ON encounters (state_code, date);
CREATE INDEX ix_encounters_fir_number ON encounters (fir_number);
CREATE INDEX ix_encounters_station_records ON encounters (station_code, district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_district_records ON encounters (district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_state_records ON encounters (state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_date_record_id ON encounters (date, record_id);
CREATE INDEX ix_encounters_station_code_date ON encounters (station_code, date);
CREATE INDEX ix_encounters_district_code_date ON encounters (district_code, date);
CREATE INDEX ix_encounters_record_id_state_code_district_code_station_code ON encounters (record_id, state_code, district_code, station_code);
CREATE INDEX ix_encounters_fir_year_record_id ON encounters (fir_year, record_id);
CREATE INDEX ix_name_words_word_record_id ON name_words (word, record_id);
CREATE INDEX ix_name_words_key_record_id ON name_words ("key", record_id);
CREATE INDEX ix_samples_image_sha256 ON samples (image_sha256);
CREATE INDEX ix_samples_image_name ON samples (image_name);
CREATE INDEX ix_samples_encounter_id ON samples (encounter_id);
CREATE INDEX ix_samples_modality_finger_position ON samples (modality, finger_position);
CREATE INDEX ix_sections_section_act ON sections (section, act);
CREATE INDEX ix_mark_terms_term_sample_id ON mark_terms (term, sample_id);
CREATE INDEX ix_merges_merged_id ON merges (merged_id);
CREATE INDEX ix_merges_survivor_id ON merges (survivor_id);
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
CREATE INDEX ix_searches_district_unit_created_at_id ON searches (district_unit, created_at, id);
CREATE INDEX ix_searches_authorise_until ON searches (authorise_until);
CREATE INDEX ix_searches_unit_created_at_id ON searches (unit, created_at, id);
CREATE INDEX ix_searches_state_unit_created_at_id ON searches (state_unit, created_at, id);
CREATE INDEX ix_searches_actor_id_created_at_id ON searches (actor_id, created_at, id);
CREATE INDEX ix_searches_created_at ON searches (created_at);
CREATE INDEX ix_searches_case_number_created_at_id ON searches (case_number, created_at, id);
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
