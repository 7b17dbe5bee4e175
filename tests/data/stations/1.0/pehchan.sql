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
INSERT INTO "audit_entries" VALUES(1,'2026-12-03T05:02:09.735316Z','local:root','national','local','','','','record.enrol','f3028453-dcc4-44a2-a6e2-5a58d673209b','{"digest":"b6896ef375b7ad6e6dedf0ad080e7c9c8dddaf521dfd327be7f7cf8f148b27f6","encounter":"12a2dd99-78ef-40cb-b9f9-4bc101b8ae1a","samples":[1]}','0000000000000000000000000000000000000000000000000000000000000000','','0f6aa4ce1bbdf946d2505f0cd5942dd6b61f2fe56fb34e242024e19d0e51e8e5');
INSERT INTO "audit_entries" VALUES(2,'2026-12-03T05:02:17.575695Z','service','national','','','','','check.make','f3028453-dcc4-44a2-a6e2-5a58d673209b','{"cases":[],"encounter":"12a2dd99-78ef-40cb-b9f9-4bc101b8ae1a"}','0f6aa4ce1bbdf946d2505f0cd5942dd6b61f2fe56fb34e242024e19d0e51e8e5','','3701e62c3e3d0ffc335bdf390ef1df966df0499b81329dda5abfd457b917cc34');
INSERT INTO "audit_entries" VALUES(3,'2026-12-03T05:02:30.616366Z','local:root','national','local','','','','record.enrol','51087fed-98d2-46db-ae30-1260cdb2c8a1','{"digest":"789a46ac59085e22cd64a88c01b269e3c43c548acb50d92ee7024a6cc074395c","encounter":"93fcac1b-59e7-4c99-8a4c-7e5f8956634a","samples":[2]}','3701e62c3e3d0ffc335bdf390ef1df966df0499b81329dda5abfd457b917cc34','','410ebc20c002cf9d9eb7ee53df7bf07d39302dfddc19804f94ccb73cfb91464f');
INSERT INTO "audit_entries" VALUES(4,'2026-12-03T05:03:49.046528Z','service','national','','','','','check.make','51087fed-98d2-46db-ae30-1260cdb2c8a1','{"cases":[],"encounter":"93fcac1b-59e7-4c99-8a4c-7e5f8956634a"}','410ebc20c002cf9d9eb7ee53df7bf07d39302dfddc19804f94ccb73cfb91464f','','fdb914fa5ef5a94634e458444e21c363e9b62d32e35a1b03ebe9e93fb1f8e27e');
INSERT INTO "audit_entries" VALUES(5,'2026-12-03T05:04:03.479252Z','local:root','national','local','','investigation','12/2026','search.make','d2490fd2-e612-4a64-9407-faed9a2a7911','{"digest":"5ffeea8bf3625d2c29d5d299ba9e0fa4dc5e1265c22d57a854cf7c84949e085b","gallery":2,"probes":1,"records":["f3028453-dcc4-44a2-a6e2-5a58d673209b","51087fed-98d2-46db-ae30-1260cdb2c8a1"],"withheld":[]}','fdb914fa5ef5a94634e458444e21c363e9b62d32e35a1b03ebe9e93fb1f8e27e','','c2c74526f3da1eecd51af8942888f9a48997ff8557b7bea5cdeaf9ab9220301f');
INSERT INTO "audit_entries" VALUES(6,'2026-12-03T05:04:08.926048Z','local:root','national','local','','','','account.create','6761ec00-e7bd-4562-b4f7-fac29f060f27','{"roles":["station_officer"],"unit":"27/519/27519004"}','c2c74526f3da1eecd51af8942888f9a48997ff8557b7bea5cdeaf9ab9220301f','','0397978da6fa55f545ac2bd0ad13c88033bfb2b6978b394015e11766ab5f1e69');
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
INSERT INTO "data_keys" VALUES('f3028453-dcc4-44a2-a6e2-5a58d673209b',X'A277C7F15A5FF8C330C201A4E47818E85735F530B771273A5E35C5D6CB6DCAA7A55025D245533EC2D00570160444B23489A38FF1D29CAFAC68489887','da2460783f732219','2026-12-03 05:02:09.695122');
INSERT INTO "data_keys" VALUES('snapshots',X'47CA4FC10E236A234877F922A9B9EE8E540756477E8463F809689C29E400E552806462E191295939F96926711C4C858BBB471D218E26D6A3E3BECDA9','da2460783f732219','2026-12-03 05:02:17.598758');
INSERT INTO "data_keys" VALUES('51087fed-98d2-46db-ae30-1260cdb2c8a1',X'4A2D9C22A915B8E185DCDCE5AD481344F7BC93C6990AA1055877E971754C28CEDCDB23355052FBF3B32C0E70962B7145808AE7259C74567D099576B8','da2460783f732219','2026-12-03 05:02:30.572105');
INSERT INTO "data_keys" VALUES('d2490fd2-e612-4a64-9407-faed9a2a7911',X'0283828AE25AF37DB1685DB747ED7F42F24DCF44C9EF3E8B29596AD78A707C479968E87CB1A8CFAA67C125197F68728ED9A7055F46A92F8D78056247','da2460783f732219','2026-12-03 05:04:03.455697');
INSERT INTO "data_keys" VALUES('accounts',X'3C92086A16D83999AB4C9A463F87E46CA66A1120FBAD4A33368972A15FF10468F38788B843257CEEBDDE213CBB5625C42865ECC866C7F7EDBA1FF556','da2460783f732219','2026-12-03 05:04:08.906135');
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
INSERT INTO "encounters" VALUES('12a2dd99-78ef-40cb-b9f9-4bc101b8ae1a','f3028453-dcc4-44a2-a6e2-5a58d673209b','12/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 05:02:09.703413',2026,NULL,NULL,NULL,'unstated','2026-12-03 05:02:09.698531','local:root');
INSERT INTO "encounters" VALUES('93fcac1b-59e7-4c99-8a4c-7e5f8956634a','51087fed-98d2-46db-ae30-1260cdb2c8a1','13/2026','27519004','519','27','2026-12-03','SI R. Patil','arrest','2026-12-03 05:02:30.583310',2026,NULL,NULL,NULL,'unstated','2026-12-03 05:02:30.576480','local:root');
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
INSERT INTO "identity" VALUES('7dcbd34b-1da0-438c-9172-24282074ffc6','37af5cc1-3b55-43ca-a906-f72a69f2d92a','da2460783f732219');
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
INSERT INTO "models_in_use" VALUES('86d4b145-de42-579a-a4ad-2fb976b215fc','fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221','leader',1,NULL,0,0,NULL,0,0,'2026-12-03 05:02:07.010230');
INSERT INTO "models_in_use" VALUES('aa073fd3-4a95-50b6-aa6f-2fc6b4b48c6f','face','7a7de8336b204bf14a8ba57a6c9a1c067aae1a79afa83eadcc12495749a3096f','sface',1,NULL,0,0,NULL,0,0,'2026-12-03 05:02:07.023148');
INSERT INTO "models_in_use" VALUES('7e4245d2-3a6f-5e14-8b7b-cbf0b70c43be','iris','0a5a8c1a27fe97b1dc3f7ae16c3c6c57d2b9262dd89051320ab45e93d66c8bc3','iris',1,NULL,0,0,NULL,0,0,'2026-12-03 05:02:07.030411');
INSERT INTO "models_in_use" VALUES('40ede935-d3ee-5d46-906b-615785865a96','palm','28ceed376d4ea966eb57ec7c2dbe03298eac2df7df0f253e707840c3353101f4','palm',1,NULL,0,0,NULL,0,0,'2026-12-03 05:02:07.037703');
INSERT INTO "models_in_use" VALUES('981e8725-346d-5024-aed2-13f949b03be4','mark','204d6bdba5b5f4c214e2a26acc7a94d77d843b8838f7053a87743d434f3e834e','mark',1,NULL,0,0,NULL,0,0,'2026-12-03 05:02:07.044861');
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
INSERT INTO "name_words" VALUES('f3028453-dcc4-44a2-a6e2-5a58d673209b','asa','AS');
INSERT INTO "name_words" VALUES('f3028453-dcc4-44a2-a6e2-5a58d673209b','verma','VRM');
INSERT INTO "name_words" VALUES('f3028453-dcc4-44a2-a6e2-5a58d673209b','asaverma','ASVRM');
INSERT INTO "name_words" VALUES('51087fed-98d2-46db-ae30-1260cdb2c8a1','ravi','RV');
INSERT INTO "name_words" VALUES('51087fed-98d2-46db-ae30-1260cdb2c8a1','kan','KN');
INSERT INTO "name_words" VALUES('51087fed-98d2-46db-ae30-1260cdb2c8a1','ravikan','RVKN');
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
INSERT INTO "records" VALUES('f3028453-dcc4-44a2-a6e2-5a58d673209b','2700000001','Asha Verma','unknown',NULL,'{}','2026-12-03 05:02:09.698531',1,NULL,NULL);
INSERT INTO "records" VALUES('51087fed-98d2-46db-ae30-1260cdb2c8a1','2700000002','Ravi Khan','unknown',NULL,'{}','2026-12-03 05:02:30.576480',1,NULL,NULL);
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
INSERT INTO "samples" VALUES(1,'12a2dd99-78ef-40cb-b9f9-4bc101b8ae1a','fingerprint',2,0,'image/jpeg',300,400,500.0,41,NULL,'{}',NULL,'f37b71d7dd917a9f51edf54ac5e36c4998729e7cea3a8d2798625a38cf2a80dc','ddf28b2295fae971ae6f79cdbe1081079a399534c3766800f1a05bdb04559058',13038,'1_1.jpg',NULL,NULL,NULL,'local:root');
INSERT INTO "samples" VALUES(2,'93fcac1b-59e7-4c99-8a4c-7e5f8956634a','fingerprint',2,0,'image/jpeg',300,400,500.0,56,NULL,'{}',NULL,'4690615d0734e0595cc71cac12c4a1bfc273da7328995717ff4d406c7e2d6ac8','f1f654d8bf52e1667d082b660d295d76fb18419a01a533d5d650b16e0c5414b9',13407,'2_1.jpg',NULL,NULL,NULL,'local:root');
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
INSERT INTO "score_views" VALUES(5,'search','d2490fd2-e612-4a64-9407-faed9a2a7911','local:root');
CREATE TABLE search_candidates (
	search_id VARCHAR(36) NOT NULL, 
	rank INTEGER NOT NULL, 
	record_id VARCHAR(36) NOT NULL, 
	score DOUBLE NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_search_candidates PRIMARY KEY (search_id, rank), 
	CONSTRAINT fk_search_candidates_search_id FOREIGN KEY(search_id) REFERENCES searches (id) ON DELETE CASCADE
);
INSERT INTO "search_candidates" VALUES('d2490fd2-e612-4a64-9407-faed9a2a7911',1,'f3028453-dcc4-44a2-a6e2-5a58d673209b',1.61361263702507301e+02,'{"score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "gap": 153.51979894716592, "hint": "likely", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 1, "score": {"decibans": 161.3612637025073, "extrapolated": true, "low": 103.916400392327, "high": 244.52233886868393, "bound": 33.5091, "calibrated": true, "ratio": 2.5604701180704206}, "counted": true}], "stated_gap": 31.448741502378176}');
INSERT INTO "search_candidates" VALUES('d2490fd2-e612-4a64-9407-faed9a2a7911',2,'51087fed-98d2-46db-ae30-1260cdb2c8a1',7.84146475534138343e+00,'{"score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "gap": null, "hint": "inspect", "samples": [{"probe": "right index (1_2.jpg)", "sample_id": 2, "score": {"decibans": 7.841464755341383, "extrapolated": false, "low": 2.0512584976218227, "high": 13.576046836611528, "bound": 33.5091, "calibrated": true, "ratio": -2.0000400000000003}, "counted": true}]}');
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
INSERT INTO "search_images" VALUES('6a7fac60-ab78-433f-890d-7c137e54b71c','d2490fd2-e612-4a64-9407-faed9a2a7911',0,'image/jpeg','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','c2effd3cd96e4ba415851fb2e9165d1d5dc6bc749d97ae6a83f761ec1ea3d440','2101-12-03');
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
INSERT INTO "search_probes" VALUES('d2490fd2-e612-4a64-9407-faed9a2a7911',0,'fingerprint','bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E5053012568EF638D716988C08B76DBFD2A855B3290AD8A64E682F97D6F992C3847FEB0D16DBE3DD2164EF4649CEE25677D38FA215F052FEEBDB9F2D9FB2E4D14D892359D01BE94BD003C5E3D60F9BE205A9A86F40DDDD732D7D14BC464D0625EB9923285DBC12D0AFA861BEE1FEB374A0732E110D15165168F62BFDABFAD48BEB852BCC557E21E6BA3AB72C7CBEB0B9B67CE75E747426D984E6C227C395F277B5DCE90D8C52BE518EF8885DC16152FC6B1FC403D17847CD6A8DFC80469E6E359D91B1C2E449825ECCE91A026B95672EC7372A3EDC5424D93B7F9D4F5387192F9FA40FCE7D136B38CEDB2F9E130C9D056F071B43D567ECE01590A8FD046D98B8A7AE0E840680A6CB4ED8EF31AE2F3A21EEFD0D5754080EBA106362E3E52000A90E48BD2F0F000D630A70D5304E5BC4339904A4AA08CF5D5F6AEB5F143605E6F183781D2E8DDFA6410CCCB280E27D08BC931C5AAF79536250FB018ACBE287905211845F59F8DC12B1CF200DEE09AAE7977D190B9BFCB3B7953ED0FAF527875353ECEBC8DC49F7E385F6C858BFB4E08E9CF351B05901E970D000A964DBDD040E47CFD20D32C75BD516605E269A049FDCCE97AB8D9CD5E3795A0C5ED20E7B6FE1D4923D9EC101FA71F6E4E897A3A4993A77E5EB89D0372DCA1593E2C10F26A195A3398BE66573D60888B2E43B7AF800F7FA8735195A05B58752A88D9B2ABBF83E485E017CDC64B158846C86AEEE130D482D5174170F3B7BCAAD062525271EB3D8F0C47B19CA66B28AF0D31F7DC1359627BC41187DECDED4B0C8A6DCD295A214F2AD60174EE50FE6FB45381B541A7AF1F9138A524A4F0C1F79DF461659EE76DA459A8CD857BBBA1DBAA7E5B11BD716531B4C2AAD5194E301B1ADFA443CD9536B9F5530E2DD34BF283258FD7C7E4A4DEED9C0313A1211D511FEB4D5008C8106EE63B3B23E6F859D7E00503BEDC9915C1B552216117DCFA47EF7D92EA33D778D8A341CF7E7D17CA9DC1AFE1C049ACAEADF810AE8E0A1AA8907CDB11184BC1E11FD2336DB64CBDA3616E52E16A181BC756E1B0CD18E7D24298A1A9D27E1FD3B71AE0017E18129A33709C440CF7F91F6FEB00B977DC44132D9149677BE57C7AAE092AEC7B3505AD38CEE6E4ECDD3FA94A5ECEF8E9BA599747B6858C830F1665CB847B06F46988B697A7F5474348CCF910BB0B59BDDCD969693D3CBDCD2B6183D948F8E1E0AAC6DC3F3E083214D347C3875E54199E3D6410185C5726A219CA31C040654281A0448B101BCB2064C4B974DE6CF85A644D4859B7876D437C7C945361DC2F55467C77D1FD3529FE2D71EDBCED28C92A5F69DB7A784CF57C070A1D016E7DF02D828ECDB51A3465D9CEC61CD880C37A528C72FA3E122E679A1D54172CBFE482036881D69470A55B37698F77D11C5FACCDF48BB4E7071CC4E26598323440135A04112AC570985D25348400028DC7D89AB05E620794B5786C3153AAF42382B364BD0FDAFA986A2A05D1CC0788C97E7ACA345384D626D20559B68D2C5A5FAF806D1310A5861598501E9D1548B0B2EFABB37604F8269B293866D955C4D21646903B6F713B03CFE641723717D645C3676BA6DBBC49B57813AFBD7DDD8B9EE6301A1C08804460AB7130AC70BA8131AFCBD9276144BF06D00E5CBD1CA29F89FE874D60B484433764E0E39488685BAAEEA762EBEB13392251AD18B154DB46847400235E1DA96C20279E8B519416E3023336D1321A8CCAC4D64321F662B00F8993D2907B7546CDBC8523C584744497B7ADAA3969D0DF234DF4298F9BE7F65D8C695A7E15396944D50CE82D102379684116CD469DCB2675EDFDCE8229D5F0D0D0878F1AFECAFB85D69B69C0CEB264229BE3ED169C0F1EF695407AD5928A3001DA1F',NULL,2,'right index (1_2.jpg)','46b8ddd22f2f2074a2d0948442ee2fb6128f05fe1ca36c3d37d2a3e54111d633','{}');
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
INSERT INTO "searches" VALUES('d2490fd2-e612-4a64-9407-faed9a2a7911','2026-12-03 05:04:03.442814','12/2026','root','{"target_fpir": 0.001, "max_candidates": 10, "where": {}, "alternatives": false, "shortlist": 200, "sequence_after": 2, "identity": {"fingerprint": {"model": "bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221", "feature_space": "40f5436326afb136bf82b3205d52c6234f044e521876b61b92f756478b166f97", "calibration": "dfb9cd76677af391d4164aadabbcffd958f47454da7c740d98a987be336b36d5"}}, "index": {"fingerprint": "feature sets 5"}, "elsewhere_fpir": 0.001, "bound": 33.5091, "stated": [0.0, 2.9717238947957476, 9.616098041044777, 16.239876412455715, 22.880151579144087, 29.516580818802122, 36.18305047946328, 42.86542078925533, 49.54779109904737, 56.23016140883943, 62.91253171863147]}',2,2,3.30092138130576344e+01,'local:root','national','investigation','',NULL,NULL);
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
INSERT INTO "templates" VALUES(1,1,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E505301153DD570F1A4A16D39D617D6AD7B0E1FBFF351376DBB50A11B041203B90D9FEBC6F917B7CCFA0E37E0F16D16917C95ACF1ABE10CD36585945B9868D841325F26A313DF582C0E0E02F13D06A3018D99A20064D3EB6C069E35BB62EB9F5C37C212B3A237E79BDF44FB7BED999F24FC83E1D553FB5BF0D98F90E7B1B3FE40EB0024E2BA9F9D6A044C8DA907F6C92A01A66ADC37136EAFDA02906724102EE21505FC2E662A1796A7C55BA3EDFE63B4D5F10104E6E76F629907CEF3A2DE6C06E7AC836B90C600CB3E18DADB366DCA0F13BEB7843E6C5F32B9D274E2AE5B1E9803D87560E3ACCBBF39CAECCAC1EEFC249A1A507D2BED8B49107EDA817082380FD4685CA668EDD089A9EAE740BA1B407A7B4B6E4383008FCD4EE439A0B93174737F6A1AE43F0FEC03D4DF661D327CF52AEB9EEF5CA6714A6C1A10CBDDD55419042CBC4DA584B398D3EA03BE2830A0D5D04D378CD1FD34423D1511F777F4BD926E8AC1CB0C8D19FE16DF73A6B9F8DA9F1A665214BF15EC65BEC1E527184D3FFB4DBD34D8517EBBC2362A9F0CD362835171547258FB4680C60E3DDA999D01FDCE69DC061822B9C2C3224F78AFA4C79BEC71D282C858B81791D605A720A9BD1D4BDDAF222DF1312331532F3EC7FF264F438E22089F9CEC42FA3E7377CA74150FAE0CFD07B92BD58A602DDA79FE52CD841585D3FA897AC2B1378AFDC473C415B560A8B6D234CB22595FB320DF7836C7F1EFAE89B809FD9E8FB76EF08D2D5EC8FA84AF66CBA4194FD5C445F44C369EB29756AD21C3853EBA4D891B187CAD5E33FF3DB55A03EF1A431FCAAD535619FD23A6D6B953603200171F8950EE66972B01EDC709484583E9CE45DC6A99BD851972CE62321D5B8B70E0EE57EDE86AE04DE909DE4FB3F2EF95094807EB01FE0C682D8C5BE84FEF1FE4D86CA5205A7A672A671F3C36D889D844716551467717C5BD42D30F5E85100EE8B685EEBB700AEEAF48C42C6859A64763FE7F10ED4CBE968448F6274F0F75C94ABE1AE478B4A0DDC76441B53C76EADA45C1CE17B58F02AEEA9A0AB7E14B2077B2AD3EBA2569926D8867DE9ADBBAC605DE7E1389BEF642A75950A50E4FDF8E8B58619E154520BFA88E840AE1013E02023DE318CB19EFAF2F3188FFFCB948B1C19F9FC1864C77D105B52857494852778A9ED108EF2AD4483F4FBC183300EF2B87B003086E0ACB4667E44F6218C347F4547F4B766AABCE42EBB4C95B306CF6A621CEE933067B84996F6D429AFD03604EC19659913080D5ECAD6B89107A5C2E36F9EF89BDD5EFBD30F73487BC523D26D342A2339EFB01B2D1B3B7955679893EDEEB309A3D0528622BF17581025821A15B49142A1740E94BB06BAB561F5DA8C2153155AE420D97B2A71C498FF3700FA380A86F90C8F1D2E410571D9D43D17E979EDBF86A391343CB9D56F342671F8A1D813E8CB22F2F1F2D18F0B890E28D544E91B055F99968588132D3C6B394D8AFBE37EFC2A60BC228C1C25347C697731FEAF87F52F112F4FE');
INSERT INTO "templates" VALUES(2,2,'bdd1e4c6e795814de8be5e187f96bfd75e5386b612302d1429abded12abc4221',X'9E505301830D979375E4B27B9D8995344E7E200333B23F51520A2C97D61CEAA4796D935F52992C59D0C59591270C38CEEA74D05E71040CB43B0B4DC23DE970C5F1EFA4558C2C9163EF1B2AD2B68BA5EB860B4CF82FF1BE8A6B51DE7E5115A38B783308F5A8915B87E4B4B569DD5E0A680495A60A82E889BCC780C85911261FEF3EAD37AB2B3AF3074D6E9C30016FE629A9025D62CF70FA9B42BAE1CFA11226EACADBE40159773CE36A4D977F4FC6B0D630356DB7211BD662B82970347021C0C19E5D54B7DA741A397CD8FF899B0B4E65016C29E26357FA932993F6D36E927591ED759433A969ED8D8E1D745DE3015402CFDC41BFA964D720F72CA065A19D6CBEAAA2B3A8F497092EC5C6B1D8D21E177FA945818DF2C82551BC81F1548E5F9872D07DBE90E7702DD0D1802CA3280E97C1DF177268314F6044781E53F928F6988E759F0823EBCC217E9663DD0F454D6F11B7529889704C8C5F43CF9D8F966886985D46586DF44CB1972FFC8FEC039AC5D6A3E6C51D5E15D2C3CD088B18B15A6727EA642703143628FBF48E081C080473518EEE05D90DFD8E2A297833CAA81BC5517B3E75954ED9FBA3B0D3DE4CE880093F86D8B8A3CAF1BF3E90AA3EAF3B8DFDE43137F3A948E8DB1945ADA077971617700EACC390E218950E27E688FB9919BF676EECE9FDCD542B26A3B65523549B38604E30F0832759E66D6DCA8BFDA14A717A008E396FD42D72A0F05B63579C51613924977202E148AF802EA416E5C0E90CF267A79712F8C9A39981ED2EFAC83EF3E9BB794066243DCBD7A90E3EF3836A16F552516D13B46B35671ED53435261D416EF2801CCF5106E20221B4F7F889F999FEC48B95ED4518DA25CA5862A4592263182A063558237A0FC915907F749F40A8DA48C6C08A6EF915E4C6DD9AFCCBC381418FB8DB90A4AF19DD88E0C93E6EA28368E059C1F288D59189F655FDB33AA3F788E52DCE0D9907D898A4103CF8EF4B723EC55C5AD7D33EF7ABB6D142F060591551229D268123262E78412661CE688EF5010AB749C2274765DA7B3A4444472757ED70C39D28AAD5233D81465E4F85DB83CC78AF374594681DC72B64A3BF0F9467FACFE705BA71BA82A3B5AC81BB99761B02E88B5A486784BFA0FE587C4023A1379F096A9B6FDDE7B77FD356FE49173872F691ECACD76A0EAAD0DC8E825233204874FD8E3B3525222197852597B34866A07DEEE813C684E487DCC43FFF482700667E6BB65E29541A105FA3D0B53A6F4C01D7B516955BCAC79EA0631F125ABB7A4E4FEFF92DC4C419B1AF219F6AF44700E5D417D98B585C19CB00A555726AA16564F7168E2DC40E3EDE0423B869FDE4846F701AE2D7DFAF0E4DB6B31E88EDE7CD');
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
INSERT INTO "users" VALUES('6761ec00-e7bd-4562-b4f7-fac29f060f27','r.patil','SI R. Patil','station_officer','27','519','27519004','2026-12-03 05:04:08.915209',1,NULL,NULL,'e4cc8100877d9ea08214f4675cecef6d36d3bd5b012ab26cd20b13cd6271c85e','2026-12-06 05:04:08.911596',NULL,NULL,NULL,NULL);
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
CREATE INDEX ix_cases_created_at_id ON cases (created_at, id);
CREATE INDEX ix_cases_record_id ON cases (record_id);
CREATE INDEX ix_cases_state_created_at_id ON cases (state, created_at, id);
CREATE INDEX ix_cases_standing_id ON cases (standing_id);
CREATE INDEX ix_cases_candidate_id ON cases (candidate_id);
CREATE INDEX ix_cases_due ON cases (due);
CREATE INDEX ix_cases_search_id ON cases (search_id);
CREATE UNIQUE INDEX ix_cases_number ON cases (number);
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
CREATE INDEX ix_records_birth_year_created_at_id ON records (birth_year, created_at, id);
CREATE INDEX ix_records_merged_into ON records (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_records_bare_state_created_at_id ON records (bare_state, created_at, id) WHERE bare_state IS NOT NULL;
CREATE INDEX ix_described_mark_terms_term_record_id ON described_mark_terms (term, record_id);
CREATE INDEX ix_encounters_state_code_date ON encounters (state_code, date);
CREATE INDEX ix_encounters_fir_year_record_id ON encounters (fir_year, record_id);
CREATE INDEX ix_encounters_district_code_date ON encounters (district_code, date);
CREATE INDEX ix_encounters_station_records ON encounters (station_code, district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_record_id_state_code_district_code_station_code ON encounters (record_id, state_code, district_code, station_code);
CREATE INDEX ix_encounters_station_code_date ON encounters (station_code, date);
CREATE INDEX ix_encounters_district_records ON encounters (district_code, state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_date_record_id ON encounters (date, record_id);
CREATE INDEX ix_encounters_enrolled_by_record_id ON encounters (enrolled_by, record_id);
CREATE INDEX ix_encounters_state_records ON encounters (state_code, record_created_at, record_id);
CREATE INDEX ix_encounters_fir_number ON encounters (fir_number);
CREATE INDEX ix_name_words_word_record_id ON name_words (word, record_id);
CREATE INDEX ix_name_words_key_record_id ON name_words ("key", record_id);
CREATE INDEX ix_samples_modality_finger_position ON samples (modality, finger_position);
CREATE INDEX ix_samples_image_sha256 ON samples (image_sha256);
CREATE INDEX ix_samples_image_name ON samples (image_name);
CREATE INDEX ix_samples_encounter_id ON samples (encounter_id);
CREATE INDEX ix_sections_section_act ON sections (section, act);
CREATE INDEX ix_mark_terms_term_sample_id ON mark_terms (term, sample_id);
CREATE INDEX ix_merges_merged_id ON merges (merged_id);
CREATE INDEX ix_merges_survivor_id ON merges (survivor_id);
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
CREATE INDEX ix_searches_case_number_created_at_id ON searches (case_number, created_at, id);
CREATE INDEX ix_searches_actor_id_created_at_id ON searches (actor_id, created_at, id);
CREATE INDEX ix_searches_state_unit_created_at_id ON searches (state_unit, created_at, id);
CREATE INDEX ix_searches_district_unit_created_at_id ON searches (district_unit, created_at, id);
CREATE INDEX ix_searches_created_at ON searches (created_at);
CREATE INDEX ix_searches_unit_created_at_id ON searches (unit, created_at, id);
CREATE INDEX ix_probe_templates_model_leased_until ON probe_templates (model, leased_until);
CREATE INDEX ix_search_candidates_record_id ON search_candidates (record_id);
CREATE INDEX ix_clearances_state_code_district_code_station_code_requested_at ON clearances (state_code, district_code, station_code, requested_at);
CREATE INDEX ix_clearances_erase_on ON clearances (erase_on);
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
