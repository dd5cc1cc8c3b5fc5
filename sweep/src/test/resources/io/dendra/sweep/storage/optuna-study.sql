BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'from-optuna');
INSERT INTO "studies" VALUES(2,'reports');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
INSERT INTO "study_directions" VALUES(2,'MAXIMIZE',1,1);
INSERT INTO "study_directions" VALUES(3,'MINIMIZE',2,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_user_attributes" VALUES(1,1,'note','{"a": [1, null, true, NaN, Infinity]}');
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,5,0,7.10470007453996910129e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,5,1,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(3,5,2,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(4,5,3,NULL,'INF_NEG');
INSERT INTO "trial_intermediate_values" VALUES(5,6,0,-6.71546494124109827339e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,6,1,NULL,'NAN');
INSERT INTO "trial_intermediate_values" VALUES(7,6,2,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(8,6,3,NULL,'INF_NEG');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'x',1.21649414641518426906e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(2,1,'d',0.75,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(3,1,'n',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(4,1,'c',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", null, true, 1.5]}}');
INSERT INTO "trial_params" VALUES(5,2,'x',5.34322712559411701002e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(6,2,'d',0.25,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(7,2,'n',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(8,2,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", null, true, 1.5]}}');
INSERT INTO "trial_params" VALUES(9,3,'x',1.37068596533398839051e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(10,3,'d',0.75,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(11,3,'n',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(12,3,'c',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", null, true, 1.5]}}');
INSERT INTO "trial_params" VALUES(13,5,'x',7.10470007453996910129e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(14,6,'x',-6.71546494124109827339e-01,'{"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,4,'fixed_params','{"x": 0.5, "d": 0.25, "n": 3, "c": null}');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'number','0');
INSERT INTO "trial_user_attributes" VALUES(2,2,'number','1');
INSERT INTO "trial_user_attributes" VALUES(3,3,'number','2');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,1.21649414641518426906e-03,'FINITE');
INSERT INTO "trial_values" VALUES(2,1,1,1.75,'FINITE');
INSERT INTO "trial_values" VALUES(3,2,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(4,2,1,5.25,'FINITE');
INSERT INTO "trial_values" VALUES(5,3,0,1.37068596533398839051e-05,'FINITE');
INSERT INTO "trial_values" VALUES(6,3,1,5.75,'FINITE');
INSERT INTO "trial_values" VALUES(7,5,0,7.10470007453996910129e-01,'FINITE');
INSERT INTO "trial_values" VALUES(8,6,0,NULL,'INF_NEG');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-21 00:01:36.784433','2026-11-21 00:01:36.940404');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-21 00:01:36.988025','2026-11-21 00:01:37.077340');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-21 00:01:37.113897','2026-11-21 00:01:37.149696');
INSERT INTO "trials" VALUES(4,3,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(5,0,2,'COMPLETE','2026-11-21 00:01:37.254439','2026-11-21 00:01:37.510164');
INSERT INTO "trials" VALUES(6,1,2,'PRUNED','2026-11-21 00:01:38.300813','2026-11-21 00:01:38.944628');
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
