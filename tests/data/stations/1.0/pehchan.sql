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
	credential VARCHAR(60) DEFAULT '' NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_entries PRIMARY KEY (number)
);
INSERT INTO "audit_entries" VALUES(1,'2026-12-03T09:09:10.266336Z','local:root','national','local','','','','record.enrol','fce7ab5b-a8dc-4d1b-888c-01c327e2df99','{"digest":"b6896ef375b7ad6e6dedf0ad080e7c9c8dddaf521dfd327be7f7cf8f148b27f6","encounter":"c58630be-2962-4bc4-a1f1-d5f0f663f91c","samples":[1]}','0000000000000000000000000000000000000000000000000000000000000000','','692c528bda9a6934b3cf11d271658c0e453ae1e1d3d06b6dc831008d677ad4d1');
INSERT INTO "audit_entries" VALUES(2,'2026-12-03T09:09:10.369033Z','service','national','','','','','check.make','fce7ab5b-a8dc-4d1b-888c-01c327e2df99','{"cases":[],"encounter":"c58630be-2962-4bc4-a1f1-d5f0f663f91c"}','692c528bda9a6934b3cf11d271658c0e453ae1e1d3d06b6dc831008d677ad4d1','','a55e18b4c8cf712f502e980a06f863894579b8b830b3fa6857c4cc6f5fa0b405');
INSERT INTO "audit_entries" VALUES(3,'2026-12-03T09:09:16.118300Z','local:root','national','local','','','','record.enrol','aaa94104-3ef0-45f5-aaf7-ac01d4e551c4','{"digest":"789a46ac59085e22cd64a88c01b269e3c43c548acb50d92ee7024a6cc074395c","encounter":"84dda8c9-70c2-4a1a-9a86-024e035800a1","samples":[2]}','a55e18b4c8cf712f502e980a06f863894579b8b830b3fa6857c4cc6f5fa0b405','','e6fd5ab63e3d267ae3a51d9cdfd56b283fc258c80ccc45b08eb57c4b68b5396b');
INSERT INTO "audit_entries" VALUES(4,'2026-12-03T09:09:16.291635Z','service','national','','','','','check.make','aaa94104-3ef0-45f5-aaf7-ac01d4e551c4','{"cases":[],"encounter":"84dda8c9-70c2-4a1a-9a86-024e035800a1"}','e6fd5ab63e3d267ae3a51d9cdfd56b283fc258c80ccc45b08eb57c4b68b5396b','','47899676525b936b246b951c14d4b818d535fee27ef334bd95156c3c88175abf');
INSERT INTO "audit_entries" VALUES(5,'2026-12-03T09:09:20.288626Z','local:root','national','local','','investigation','12/2026','search.make','f1fd8808-5781-406e-9ce7-b8fad1c2a4b3','{"digest":"700f50e8414bbd72544c03ed674917855fe7181b16ae552ad2ca9f042d488bf0","gallery":2,"probes":1,"records":["fce7ab5b-a8dc-4d1b-888c-01c327e2df99","aaa94104-3ef0-45f5-aaf7-ac01d4e551c4"],"withheld":[]}','47899676525b936b246b951c14d4b818d535fee27ef334bd95156c3c88175abf','','f5c713f825db1de3448f99c2bbf3db8e8ff8086a91a2c8e3fd35649ad335dacb');
INSERT INTO "audit_entries" VALUES(6,'2026-12-03T09:09:22.009554Z','local:root','national','local','','','','account.create','eed40cb5-a3fe-4d86-a98f-3c34905555af','{"roles":["station_officer"],"unit":"27/519/27519004"}','f5c713f825db1de3448f99c2bbf3db8e8ff8086a91a2c8e3fd35649ad335dacb','','a627e2e80d9ccae00f563404b1a30e9c1e0d4ec1029142a9a05e299f7f6336f8');
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
INSERT INTO "data_keys" VALUES('fce7ab5b-a8dc-4d1b-888c-01c327e2df99',X'E4315495F201FFC5D71B7F13CC1861C0B000867207F0D2BE41E883E8ACB8668F8746CE0985C556216DF7B799D79330026CC3609C6A9433DFBBAF533E','b9e9f6ae012da50e','2026-12-03 09:09:10.207590');
INSERT INTO "data_keys" VALUES('snapshots',X'4067BF5E0AF44B1E8DC98F2DD7FA0DF45982A2C4F296537A9422CC69FAA357CD1D183002C119A1622881B6E08E76EF329F2A745ABED8B60DA4581792','b9e9f6ae012da50e','2026-12-03 09:09:10.401150');
INSERT INTO "data_keys" VALUES('aaa94104-3ef0-45f5-aaf7-ac01d4e551c4',X'F2154964F19550921E6E86F29BE7E36490CF463D957530CB131C7839D9AF7C38B79F73B9D71BC7D06BA464B9C0C8F26862B67CC5AFA4BDC6589B92C1','b9e9f6ae012da50e','2026-12-03 09:09:16.064251');
INSERT INTO "data_keys" VALUES('f1fd8808-5781-406e-9ce7-b8fad1c2a4b3',X'C640343A5B7188F083E5AAFFFC0570CC539655CE443F8D256463D93BDC35C97591CC7FA086927F98F5D7ABF4B05F8164E0895377C1EC73366131AEA1','b9e9f6ae012da50e','2026-12-03 09:09:20.282208');
INSERT INTO "data_keys" VALUES('accounts',X'AC98710C8E9CF9735373DF1E4F585F882EFD62B30B6B8A687D317D8435924BF44758DD6B9F61F76B25CD5573D3E4843B1BFEA830F7699AD77867AA97','b9e9f6ae012da50e','2026-12-03 09:09:22.002693');
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
INSERT INTO "encounters" VALUES('c58630be-2962-4bc4-a1f1-d5f0f663f91c','fce7ab5b-a8dc-4d1b-888c-01c327e2df99','12/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 09:09:10.224921',2026,NULL,NULL,NULL,'unstated','2026-12-03 09:09:10.212923','local:root');
INSERT INTO "encounters" VALUES('84dda8c9-70c2-4a1a-9a86-024e035800a1','aaa94104-3ef0-45f5-aaf7-ac01d4e551c4','13/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 09:09:16.087004',2026,NULL,NULL,NULL,'unstated','2026-12-03 09:09:16.079120','local:root');
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
	unit VARCHAR(44), 
	leftovers BLOB, 
	CONSTRAINT pk_expungements PRIMARY KEY (id)
);
CREATE TABLE identity (
	id VARCHAR(36) NOT NULL, 
	database_id VARCHAR(36), 
	master_id VARCHAR(64), 
	CONSTRAINT pk_identity PRIMARY KEY (id)
);
INSERT INTO "identity" VALUES('e3a0f7f0-10d1-46a2-924a-a5eb4e95b0c0','6ae910a1-79f4-4a00-bb30-639c3b47c41b','b9e9f6ae012da50e');
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
INSERT INTO "models_in_use" VALUES('86d4b145-de42-579a-a4ad-2fb976b215fc','fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221','leader',1,NULL,0,0,NULL,0,0,'2026-12-03 09:09:08.308642');
INSERT INTO "models_in_use" VALUES('aa073fd3-4a95-50b6-aa6f-2fc6b4b48c6f','face','7a7de8336b204bf14a8ba57a6c9a1c067aae1a79afa83eadcc12495749a3096f','sface',1,NULL,0,0,NULL,0,0,'2026-12-03 09:09:08.322084');
INSERT INTO "models_in_use" VALUES('7e4245d2-3a6f-5e14-8b7b-cbf0b70c43be','iris','0a5a8c1a27fe97b1dc3f7ae16c3c6c57d2b9262dd89051320ab45e93d66c8bc3','iris',1,NULL,0,0,NULL,0,0,'2026-12-03 09:09:08.332951');
INSERT INTO "models_in_use" VALUES('40ede935-d3ee-5d46-906b-615785865a96','palm','28ceed376d4ea966eb57ec7c2dbe03298eac2df7df0f253e707840c3353101f4','palm',1,NULL,0,0,NULL,0,0,'2026-12-03 09:09:08.339568');
INSERT INTO "models_in_use" VALUES('981e8725-346d-5024-aed2-13f949b03be4','mark','204d6bdba5b5f4c214e2a26acc7a94d77d843b8838f7053a87743d434f3e834e','mark',1,NULL,0,0,NULL,0,0,'2026-12-03 09:09:08.350870');
CREATE TABLE moves (
	id VARCHAR(36) NOT NULL, 
	encounter_id VARCHAR(36) NOT NULL, 
	from_id VARCHAR(36) NOT NULL, 
	to_id VARCHAR(36) NOT NULL, 
	merge_id VARCHAR(36), 
	undoes_id VARCHAR(36), 
	emptied BOOLEAN DEFAULT 0 NOT NULL, 
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
INSERT INTO "name_words" VALUES('fce7ab5b-a8dc-4d1b-888c-01c327e2df99','asa','AS');
INSERT INTO "name_words" VALUES('fce7ab5b-a8dc-4d1b-888c-01c327e2df99','verma','VRM');
INSERT INTO "name_words" VALUES('fce7ab5b-a8dc-4d1b-888c-01c327e2df99','asaverma','ASVRM');
INSERT INTO "name_words" VALUES('aaa94104-3ef0-45f5-aaf7-ac01d4e551c4','ravi','RV');
INSERT INTO "name_words" VALUES('aaa94104-3ef0-45f5-aaf7-ac01d4e551c4','kan','KN');
INSERT INTO "name_words" VALUES('aaa94104-3ef0-45f5-aaf7-ac01d4e551c4','ravikan','RVKN');
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
INSERT INTO "records" VALUES('fce7ab5b-a8dc-4d1b-888c-01c327e2df99','2700000001','Asha Verma','unknown',NULL,'{}','2026-12-03 09:09:10.212923',1,NULL,NULL);
INSERT INTO "records" VALUES('aaa94104-3ef0-45f5-aaf7-ac01d4e551c4','2700000002','Ravi Khan','unknown',NULL,'{}','2026-12-03 09:09:16.079120',1,NULL,NULL);
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
INSERT INTO "samples" VALUES(1,'c58630be-2962-4bc4-a1f1-d5f0f663f91c','fingerprint',2,0,'image/jpeg',300,400,500.0,41,NULL,'{}',NULL,'f37b71d7dd917a9f51edf54ac5e36c4998729e7cea3a8d2798625a38cf2a80dc','828d9a5df42f4b794a8baff9167795607de47d5a3a8abb60fda4cbd2592f4dfd',13038,'1_1.jpg',NULL,NULL,NULL,'local:root');
INSERT INTO "samples" VALUES(2,'84dda8c9-70c2-4a1a-9a86-024e035800a1','fingerprint',2,0,'image/jpeg',300,400,500.0,56,NULL,'{}',NULL,'4690615d0734e0595cc71cac12c4a1bfc273da7328995717ff4d406c7e2d6ac8','1c1c6e79393ed817345375f830b913ee1936b10e0b01e2ae21fa19f0bba0f262',13407,'2_1.jpg',NULL,NULL,NULL,'local:root');
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
INSERT INTO "score_views" VALUES(5,'search','f1fd8808-5781-406e-9ce7-b8fad1c2a4b3','local:root');
CREATE TABLE search_candidates (
	search_id VARCHAR(36) NOT NULL, 
	rank INTEGER NOT NULL, 
	record_id VARCHAR(36) NOT NULL, 
	score DOUBLE NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_search_candidates PRIMARY KEY (search_id, rank), 
	CONSTRAINT fk_search_candidates_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
INSERT INTO "search_candidates" VALUES('f1fd8808-5781-406e-9ce7-b8fad1c2a4b3',1,'fce7ab5b-a8dc-4d1b-888c-01c327e2df99',1.61361263702507301e+02,'{"score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "gap": 153.51979894716592, "hint": "likely", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 1, "score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "counted": true}], "stated_gap": 31.448741502378176}');
INSERT INTO "search_candidates" VALUES('f1fd8808-5781-406e-9ce7-b8fad1c2a4b3',2,'aaa94104-3ef0-45f5-aaf7-ac01d4e551c4',7.84146475534138343e+00,'{"score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "gap": null, "hint": "inspect", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 2, "score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "counted": true}]}');
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
INSERT INTO "search_images" VALUES('e389a965-f7ec-47eb-acf0-5f31486a0ee4','f1fd8808-5781-406e-9ce7-b8fad1c2a4b3',0,'image/jpeg','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','9071174e9027e66d068e997022ef0077b0c9cf28561f6344e25fae635b030aae','2101-12-03');
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
	reading JSON, 
	CONSTRAINT pk_search_probes PRIMARY KEY (search_id, ordinal), 
	CONSTRAINT fk_search_probes_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
INSERT INTO "search_probes" VALUES('f1fd8808-5781-406e-9ce7-b8fad1c2a4b3',0,'fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E5053012C3F15B7D08DC8B56E9270E22937B10F01764AD812C7F71BAF3A4E98C51DAFA8FAA26821D2B84DFF9FE8D71597CAAF2E6225488AF08D6B79A6D49509805C625C5D77242CDA13107AC5814EEA95909A569A0121F5DB2B066800A9867CAA88B0F092D93F47B1133A7FB50B025814145AC5906B7663D1969E810A4140ABFBBA9DB848F927F90691EE64E7BBBA54F73EC8F4A4C5B045102F21E324CFF2AE4327AAC6F2A8AA60D8AFF3040620B954724D080149631522E925BE5F60F721CA92BC9D94C953EE9BA5A3DFC8D9DB04AD7796A77BBD67A93B0CC6C44E54BE084835100A09480EF7739900A8EA5BF21E736B2C7B2F632552F1351EDDE410CC228FB521BECCD998B2F1B3F7D97F330CA44ED94B711893F18D538E4A1D948A979E5F65151B9A8144D18BC19AB40F69EBD4B1859EBE409882AEC9A3B3EBA95224993E272995CC73C4307169790FFA304211B986FD4F5BC4DDB34BD8E002B7634C3BE35050097739EBDF967B99712CA342EA8FF26C982CC80E83A0D3592126F37553AAAADE4CF4303714485F1FDAE12AACB5800A9B8008439BC412D33489328A988CB15D87D0B320AB880162094044145E7FD5C65367BF5D63C386D662465A46D78C8F5FB9F9E3F17DC5128096F908E4BA289113E02F24380FDE327D3D16EF7AB6EB5F79BDBDD59B3B972286654B0A66122B832FEB80B454C35D55C5049EB3C4EA4ABA971380EF9B72035D7F6DF8825867B733498F1EC7597DD48E5914322E9109DD04BB07AF420B55007BA873A7B02E4D2819436F7F62EAD8735D9FA626105FD460B3EFC9C52570B4430B16C31A50CE3951DF27CCB97985648BC1B8DDFE1A79C9B7E941302D739059FACBE0393E4F638220EAAE75E48D02963567752F2BB7DB977F2160F0B07A3F3158B90061097B00788A19CBFA10C3EE88E947219376FA93BE0AD89FB5A81C7D6CE9672BC25384273FD9A6CFB7ED0629D85E6F46172B2FA3C29893EDA463D307A152471BA7AFC903E34FB7D15C96FE308903F617C91830D2711EC007CD6FB8D674E8F33022C9A2F1D6D96901A4BA35B0FC2A377A154A522B2EC8B6E92AB7C79F9A6CD83E4D6A58897F86878C11E6A6857E67418CC6724916C2BBAB390D49BB1ABE68BD2FAA62518D2B4131A749F8C059EF68D3F4EE107ED4D897254D08BB4CAC7D39A2D3A465B1007EA4CD1D0F2462A6354BA911BE2EDC9DB075673548DE67FEE2DD5B62D2594B4EB82AA9F682CEDFBA1E95F53A679961746D9656350B99E0CE00142EA6494B244ED811AD2CD728194A833302E0D05AC38D1ACBBDD7F7906E74D5430C1895E429145D58EDC8F04DC01F87CA57810951DB5B0E9856C881A078024ACFFF04CF68AFE9DCAF24BCDBBD3F529050EECF3136CC4D1E7AF05A8E559531C00E6789C830D62F1D5DED445BA21E33A10587817999169697D68F2617E3E8EB445D589F13A482076D55304C627F486256C41DAF0FF5A450C018617350A1AE6BA245CA11D96DD3FE2980994A2EAD17F98C6EFCFC87A00E096C93A4B3B01CFB762A85D1157374E59673521FE06905A779693AAB01142F6D83EEA952A9CA81405CA3B36A218F57107E0231E7963BA07DDB4198C670DA2A370AA7C4BD392A769CB40FFE8E74343FBFB07B4FB8A1A4E791056FF0018AE083FA87A129EBB472C913DAE4F77B816E5827CEAE4E25B917422BCD40E252F30F8AED0625273B97D01572A3BBA47FEB8DC6A79A4DC9021D8111A75E1D98DBA498CB2F3FD9682DCF0CA99781A9B64A5A210CC11E10A0500131CB17B2A3436BEFD31826D2FA6EE40EF28931356E636283F0610590936ACE729AA7F474C922D7E52F73949793F765A3D15D083C7EDA9F8E4D56CB7AA171A4CD17166DD4A6ADFEC20D760D',NULL,2,'right index (1_2.jpg)','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','{}');
CREATE TABLE searches (
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	case_number VARCHAR(40) NOT NULL, 
	officer VARCHAR(200) NOT NULL, 
	settings JSON NOT NULL, 
	gallery_size INTEGER NOT NULL, 
	sequence BIGINT NOT NULL, 
	threshold DOUBLE, 
	actor_id VARCHAR(100), 
	unit VARCHAR(44), 
	purpose VARCHAR(40), 
	reason VARCHAR(300), 
	state_unit VARCHAR(44), 
	district_unit VARCHAR(44), 
	CONSTRAINT pk_searches PRIMARY KEY (id)
);
INSERT INTO "searches" VALUES('f1fd8808-5781-406e-9ce7-b8fad1c2a4b3','2026-12-03 09:09:20.280506','12/2026','root','{"target_fpir": 0.001, "max_candidates": 10, "where": {}, "is_latent": false, "shortlist": 200, "sequence_after": 2, "identity": {"fingerprint": {"model": "bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221", "feature_space": "40f5436326afb136bf82b3205d52c6234f044e521876b61b92f756478b166f97", "calibration": "dfb9cd76677af391d4164aadabbcffd958f47454da7c740d98a987be336b36d5"}}, "index": {"fingerprint": "feature sets 5"}, "elsewhere_fpir": 0.001, "bound": 33.5091, "stated": [0.0, 2.9717238947957476, 9.616098041044777, 16.239876412455715, 22.880151579144087, 29.516580818802122, 36.18305047946328, 42.86542078925533, 49.54779109904737, 56.23016140883943, 62.91253171863147]}',2,2,3.30092138130576344e+01,'local:root','national','investigation','',NULL,NULL);
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
	host VARCHAR(300) DEFAULT '' NOT NULL, 
	webhook_id VARCHAR(36), 
	call BLOB, 
	result BLOB, 
	failed BOOLEAN NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	stage VARCHAR(20), 
	fence INTEGER DEFAULT '0' NOT NULL, 
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
INSERT INTO "templates" VALUES(1,1,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E5053017D6FE9A58EC8ED95301A4804A433F322E006892BCF2FA472B2161443808AC12EB17C3333FF1DBB61E92968BC091671857DC486074B56EF3FA3D78C7FE84F81710359987C77C33B5E7CA8BEE6365368031784506D38F9514108286D22CB84DD000C1A2388E024E3C56407CFAD43D6E865EB2D0E419C93D99F4CC5D32F5245E6622075FA7B9A7E1B6A50865E5167D1FF810CB64CAC6411F18E5AF6C71E6C0E95EC62DDC35E078E02E3B8AD5D864E68F56460B6BD6094F0A9FFE247DF904B49259B926A200C9F550F47B005693A3342C68D3A593FB766FF152C5A6946E4AB07D48BD32F0F48B3E5E8CE997B557AC05BF72C96AD5A0BBE6E52047EEFD72A95337D2965CE466ABA19DC3557183E376832722FF7CDCDA64FE7909067F72D305BECB841CAD72069F142A0EE93A25B5AF11FEC4B15DC6ADCCD01C5FFD8F1982420FEA15F1322DB75A402FE5EAFDEAAF0FF93F132E3BA5C3B61D9847EB73ABC8DB147EEFD62945F7EC1E53F339BD0EFBEF830643DE689FFB7969B3DB0F238F290C0F713F3A19113ECAB5754B73F7E9295824EA8CD665184F166A35831C1E0165B8E8CE33F0202F70491D34C274F4DC38100AC60FC5489C42D0CDA259ABFAA287DC3693B840B2BA76A71829FD9BDDF42C418F93F67C769CFA80941D5F33F963BFCE3A2147DCA259F0336BA961291175EBA3B2DC03895539E0790FD1EACA2B82B1930218B396188013717AE72447AD4573E8E5FBC5B1082DFB69C5F7A0828119097C42662950574AC0DDB5224C50955DB6CEFFB2C18066C2A93AF637A1D259F79E8354CCE7D6BD6A9FBE0C534B8BADAB9F727D8BA9E20B9EF124FAE93ACF5D1E8D433F543B291A394E0FAECC72F76AF51688386AD966A3185BFDE7510B64D2FDDCE9278FFAE825A4FD3342A7C2C7FCC2C8D548B05FA745FADFB1EA016A5056293E6CF5F2F675577BB2FB6AFCB9269EAC8077C475A35A0E7208D59963BCE2D4397D3FE1EB147D451724E3E8CA8BFE39FBF31F2F8FB50C3A3DB1ECC02630851CF88865A56148D4FB226795B3E821FACFED9F5DFEB5E94EFD4D3DAF7548DEE3F8BED0DF54035A480A639DF071C63F36CAB4A5D8F3B1D523DFA49245364D1DFF1E630E62E2246BE7B886F73596DD9B95117F6D04638932E3A0634DE58CA61C97228769314ED26A4001B7C5E480B56A2B0533D8A211051E10B52BA05F8C80F9CBD9E48491EA9F41DE8F522803E74B346A187862EDF90112B1FD5B0820771773C5C9F17D4A707D6F6D9F5EC02D1B46B9C2715ACA550FC476916D28FCB230F4650DDC034A36A6540524A5DC88F63EF770CB74F2BB1B9286CBF2FD04608E874E89E809658DD36ADF72DFAC1A719595CE96C355396D6316F7AC8432AB12F25A0E1B014FAC65C0A6D4F6CA73013AF59FEEE98D59A8BF87CB71F47B585072FA0CC2C39416525C169F68B678BF4EC9F25845CA76E27EBF33E2D900C43997C2703A8DFF77E041C991C0989EAB70BDBB884E801F23EE6538F6D4623C323265E8372');
INSERT INTO "templates" VALUES(2,2,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E505301A01C36618D4A3B737960B385586EF67C23CDF08332132E0AB2E90886F86A3B7BD4B9B019547B7ED197CC1C0F7FF7330D7D61551A50B2B2AD3C6CE0D5532B6BB506A11C50B57A025A627CA42B0A28BA612AB2C9AB4D489865BB2EB1DD3891E14E6601F9DCBE04604CAFC7401DD8FCDB79101510F0FCF7F9555C013F2F9A8D5A431A3A08AA00311B100415D32895EABD8B674B3164D24C92E2CD0E3A8855D3FD10B6FC809CFD9F899BC341389D8C40DA1CD28595BB4E873328DE44174D2B9BA6CCDE1D542EBB2AE70BDBD02DA87DD07D17C0936E981AA142B8C8A88F9A188A25F6BC311A2C39F2E78724DFE64EAEA3948DE725BDF2677F136855E77E1F0D859EF59FAEC63E0CA5FD8DFEDE2D7866856B336B38A344FBD5D6493CA7C5D0A7B16E3E7B7381B74A5A0B79B2E30A1EF94EC2BEDAB2698FF4A31A3D7FAB26C08F09495D63CD13FCAE1DB1A9374E62444773BECB120FAE0B53351CCDC00D874C29A656FF554971728C50D9BD3799D7EF475B6592DCBCB04B910BCBC622385A30077BD83A994EEA691F6F199FC6D7EED85D0817080E0A4B9BED7382F49A64E0541DDF441058D1046BE8279DC0EA3CE4F41DC259582974B090302F0AF079C77F24C8B45D8B4DBDCAF8F363228726DBEB0C6F29A921BFF20E7E5522E902750F52E0FD93EE503C187FFEAEF6D1EB4B67A5C81C3C960D244BDB04252713C9B88117F2895E7B7CB389C2A8F8928CCCD997A55E317AD4401BC4D16FBD4C783FBA5CA52D497F3FCB84017211E80CEF85B8811FFDD6909000586D599AD33AB0A885B7862A499863BC9468BACAFC87AEC6AAE4EB1C812AF51A87919CD120AAA920DD415346D60DA49A22AC3F1C89E0C5EF8CAFF5607DBE1AA2E0BF49C3C951AD8679E1B4F1F27AA68D64581D61C1F50B79A5628F159A3F420A20BBCD7B4437C54ABF38DB6D7C2945178767EA45415402D3A76F1A6A55BFC0D2B3D67405BEBDA2974E8138520E1BEE4CE6210F176EE6EF6D2C89972BA32F110B2043631531565AF2552DD5FB6F3C985A13BCB86AB6CA0A98503C6817907235BDE579F861E7F3D5D48C84442309E276DCCA7141F883606E9E7FF4D9E681B9F79E1E5C67BD7900DD62E4F91283BFBA15BFBC5B76227320C054586290AADF97FC375137986D08827E30AE26CA5893EAE53F3DAE20A37C0C9A01C00628398F105DEEDF12E34171D638E94608BDBA54F79D59433BD5D59CB3B4FBAB8AC525E14F3FF9D3F9842746A0C0A63354972A3B3CB93ACF1FBBADF7347881794EA06362C1F9082F12F2543D1D3974B128D6FB0B27B07E88BD3A4F833E1A7407C1EDDA216A980905C00FD36E703848C79E715B54A98643C61A298E0B0E6A33D5A4');
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
INSERT INTO "users" VALUES('eed40cb5-a3fe-4d86-a98f-3c34905555af','r.patil','SI R. Patil','station_officer','27','519','27519004','2026-12-03 09:09:22.006112',1,NULL,NULL,'7e4804644b09ac4b474c1afd4c3d1434aba66e8cc18b96977cecf1c60d4506e0','2026-12-06 09:09:22.005193',NULL,NULL,NULL,NULL);
CREATE TABLE webhooks (
	id VARCHAR(36) NOT NULL, 
	owner VARCHAR(36) NOT NULL, 
	url TEXT NOT NULL, 
	events JSON NOT NULL, 
	secret BLOB NOT NULL, 
	last_notification BIGINT NOT NULL, 
	credential VARCHAR(60) DEFAULT '' NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_webhooks PRIMARY KEY (id)
);
CREATE INDEX ix_sign_in_failures_failed_at ON sign_in_failures (failed_at);
CREATE INDEX ix_account_makers_made_at ON account_makers (made_at);
CREATE INDEX ix_account_makers_user_id ON account_makers (user_id);
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
CREATE INDEX ix_cases_standing_id ON cases (standing_id);
CREATE UNIQUE INDEX ix_cases_number ON cases (number);
CREATE INDEX ix_cases_created_at_id ON cases (created_at, id);
CREATE INDEX ix_cases_candidate_id ON cases (candidate_id);
CREATE INDEX ix_cases_due ON cases (due);
CREATE INDEX ix_cases_record_id ON cases (record_id);
CREATE INDEX ix_cases_state_created_at_id ON cases (state, created_at, id);
CREATE INDEX ix_cases_search_id ON cases (search_id);
CREATE INDEX ix_case_allocations_assigned_by ON case_allocations (assigned_by);
CREATE INDEX ix_case_parts_actor ON case_parts (actor);
CREATE INDEX ix_once_keys_created_at ON once_keys (created_at);
CREATE INDEX ix_tasks_changed_at ON tasks (changed_at);
CREATE INDEX ix_tasks_owner_kind_created_at ON tasks (owner, kind, created_at);
CREATE INDEX ix_tasks_webhook_id_created_at ON tasks (webhook_id, created_at);
CREATE INDEX ix_tasks_due_at_priority ON tasks (due_at, priority);
CREATE INDEX ix_webhooks_owner ON webhooks (owner);
CREATE INDEX ix_task_files_image_name ON task_files (image_name);
CREATE INDEX ix_data_keys_master_id ON data_keys (master_id);
CREATE INDEX ix_lineup_members_record_id ON lineup_members (record_id);
CREATE INDEX ix_records_created_at_id ON records (created_at, id);
CREATE INDEX ix_records_merged_into ON records (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_records_bare_state_created_at_id ON records (bare_state, created_at, id) WHERE bare_state IS NOT NULL;
CREATE INDEX ix_records_birth_year_created_at_id ON records (birth_year, created_at, id);
CREATE INDEX ix_described_mark_terms_term_record_id ON described_mark_terms (term, record_id);
CREATE INDEX ix_encounters_district_records ON encounters (district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_date_record_id ON encounters (date, record_id);
CREATE INDEX ix_encounters_station_records ON encounters (station_code, district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_state_code_date ON encounters (state_code, date);
CREATE INDEX ix_encounters_enrolled_by_record_id ON encounters (enrolled_by, record_id);
CREATE INDEX ix_encounters_fir_number ON encounters (fir_number);
CREATE INDEX ix_encounters_state_records ON encounters (state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_fir_year_record_id ON encounters (fir_year, record_id);
CREATE INDEX ix_encounters_district_code_date ON encounters (district_code, date);
CREATE INDEX ix_encounters_station_code_date ON encounters (station_code, date);
CREATE INDEX ix_encounters_record_id_state_code_district_code_station_code ON encounters (record_id, state_code, district_code, station_code);
CREATE INDEX ix_name_words_word_record_id ON name_words (word, record_id);
CREATE INDEX ix_name_words_key_record_id ON name_words ("key", record_id);
CREATE INDEX ix_samples_image_name ON samples (image_name);
CREATE INDEX ix_samples_image_sha256 ON samples (image_sha256);
CREATE INDEX ix_samples_modality_finger_position ON samples (modality, finger_position);
CREATE INDEX ix_samples_encounter_id ON samples (encounter_id);
CREATE INDEX ix_sections_section_act ON sections (section, act);
CREATE INDEX ix_mark_terms_term_sample_id ON mark_terms (term, sample_id);
CREATE INDEX ix_merges_survivor_id ON merges (survivor_id);
CREATE INDEX ix_merges_merged_id ON merges (merged_id);
CREATE INDEX ix_encounter_links_from_id ON encounter_links (from_id);
CREATE INDEX ix_encounter_links_to_id ON encounter_links (to_id);
CREATE INDEX ix_moves_emptied ON moves (from_id) WHERE emptied = 1;
CREATE INDEX ix_moves_from_id ON moves (from_id);
CREATE INDEX ix_moves_merge_id ON moves (merge_id);
CREATE INDEX ix_moves_to_id ON moves (to_id);
CREATE INDEX ix_moves_encounter_id ON moves (encounter_id);
CREATE INDEX ix_outcomes_encounter_id ON outcomes (encounter_id);
CREATE INDEX ix_osia_encounters_client_id ON osia_encounters (client_id);
CREATE INDEX ix_encounter_galleries_gallery ON encounter_galleries (gallery);
CREATE INDEX ix_searches_created_at ON searches (created_at);
CREATE INDEX ix_searches_district_unit_created_at_id ON searches (district_unit, created_at, id);
CREATE INDEX ix_searches_unit_created_at_id ON searches (unit, created_at, id);
CREATE INDEX ix_searches_state_unit_created_at_id ON searches (state_unit, created_at, id);
CREATE INDEX ix_searches_actor_id_created_at_id ON searches (actor_id, created_at, id);
CREATE INDEX ix_searches_case_number_created_at_id ON searches (case_number, created_at, id);
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
