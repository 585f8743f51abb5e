// Made by scripts/generate-docs.mjs from the schemas that check requests and answers. Changes here are lost.
export interface paths {
    "/v1/programmes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be screened for */
        get: operations["listProgrammes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/programmes/{programme}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One programme: labels, readers, thresholds and what is proved about them */
        get: operations["getProgramme"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/programmes/{programme}/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image
         * @description The image is streamed in, rebuilt without its metadata, read, decided and recorded; the answer comes once the record is safe. When the fine reader is needed and cannot be had, the case is recorded as `provisional`: nothing is decided then, and `GET /v1/cases/{id}` answers the decision once it is there.
         */
        post: operations["createCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recorded cases, newest first */
        get: operations["listCases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One case as it was answered, or as it was decided since */
        get: operations["getCase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/readings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each reader saw */
        get: operations["getReadings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The stored image
         * @description The file that was read: rebuilt from what was uploaded, without its metadata. With `expires` and `signature` of a signed link no key is needed.
         */
        get: operations["getImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/image/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A link to the image that needs no key, for a short time */
        post: operations["linkImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/heatmap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the fine reader saw evidence
         * @description An overlay for the upright image: the class activation map of the fine reader, transparent where nothing speaks for the label. It shows what moved the network, not where a disease is.
         */
        get: operations["getHeatmap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Batches, newest first */
        get: operations["listBatches"];
        put?: never;
        /**
         * Have many images read in the background
         * @description The body is streamed in, item by item; the answer comes once every item is safe. `programme`, `strategy`, `priority` and `webhook` stand in the query, in fields before the first file, in a first line of their own (NDJSON) or in the object (prefix). An image that cannot be read is an item that has failed; a body that cannot be read is refused whole.
         */
        post: operations["createBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a batch is */
        get: operations["getBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel what nobody works on yet */
        post: operations["cancelBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/retry-failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try again what failed
         * @description Items that failed on their way in left no image; they stay failed. A cancelled batch stays as it is.
         */
        post: operations["retryFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Progress as server-sent events
         * @description Each event holds the batch as `GET /v1/batches/{id}` answers it; its id grows with every change and means the same to every server. After `end` nothing more comes; who asks again with that id as Last-Event-ID is answered 204.
         */
        get: operations["batchEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Results in the order of items, also while it runs
         * @description Ends before the first item that is not settled; go on later with `after`, the `index` of the last line. With `follow` it waits for that item instead, until the batch ends.
         */
        get: operations["batchResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server, and what of the protocol it serves */
        get: operations["inferenceServer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process lives */
        get: operations["inferenceLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Inferences are accepted */
        get: operations["inferenceReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names of the models */
        get: operations["inferenceModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts of all models */
        get: operations["inferenceStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/repository/index": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Every model and its state */
        post: operations["inferenceRepository"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/repository/models/{model}/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Load a model */
        post: operations["inferenceLoad"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/repository/models/{model}/unload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a model out */
        post: operations["inferenceUnload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A model's tensors */
        get: operations["inferenceModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A model version's tensors */
        get: operations["inferenceModelVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A model's configuration in force */
        get: operations["inferenceModelConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same of a version */
        get: operations["inferenceModelVersionConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts since the start */
        get: operations["inferenceModelStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same of a version */
        get: operations["inferenceModelVersionStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a model answers */
        get: operations["inferenceModelReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a model version answers */
        get: operations["inferenceModelVersionReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image
         * @description As `POST /v1/programmes/{programme}/cases`: read, decided and recorded. With `Inference-Header-Content-Length` the body is JSON of that length and the tensors behind it; 0 says that the body is the image alone.
         */
        post: operations["infer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image
         * @description As `POST /v1/programmes/{programme}/cases`: read, decided and recorded. With `Inference-Header-Content-Length` the body is JSON of that length and the tensors behind it; 0 says that the body is the image alone.
         */
        post: operations["inferVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process lives
         * @description 200 as long as it can answer at all. Restart the process when this fails, never when readyz does.
         */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cases are accepted */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus metrics */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Engines that cases can be sent to, and how they stand
         * @description No nodes where the server reads alone, that is without NATS_URL; `/readyz` tells of its own engine. Of several servers on one database each is named, and which of them leads.
         */
        get: operations["listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the drift monitor knows of each programme
         * @description Evidence of every stream that something has changed, beside the threshold of its group, and the share of wrong automatic decisions from cases that people audited by chance. Evidence is no probability: while nothing changes it is at most the number of cases on average.
         */
        get: operations["getDrift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarms of the drift monitor and what was done about them, newest first */
        get: operations["listIncidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alarm with every step since, and the evidence of each */
        get: operations["getIncident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What people say of a case, and what follows from it */
        get: operations["getLabels"];
        put?: never;
        /**
         * Say what a picture shows
         * @description Labels are added and never changed; who disagrees adds another. Who repeats what they said last of this case is answered 200 with what stands, and nothing is added.
         */
        post: operations["addLabel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/programmes/{programme}/label-tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cases that wait for a person's label, best first */
        get: operations["listLabelTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add many labels at once
         * @description A table whose first row names its columns, or one JSON object a line. A row that is wrong does not stop the others: it is counted and said. All rows are checked before the first is added; of a body that cannot be read, or is too large, none is. Sending the same again is harmless.
         */
        post: operations["importLabels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/programmes/{programme}/labels/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every labelled case as a table, newest first
         * @description A text that a spreadsheet would take for a formula begins with an apostrophe. `audit_probability` is with what chance a person was asked, fixed before anybody judged the case; figures may rest only on cases with `audit_chosen`.
         */
        get: operations["exportLabels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How this server stands, and what it did of late
         * @description What an operator looks at first, with the number of requests or cases behind every figure. Counts and percentiles are of the last five minutes or so, as `seconds` says: since the oldest look that is kept, or the start. No name, no image, nothing of a person.
         */
        get: operations["operation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every setting, without secrets, and which differ from their defaults */
        get: operations["shownSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify the audit chain now
         * @description Reads every entry of the audit log. Asked again meanwhile, both get the answer of the one that runs.
         */
        post: operations["verifyAudit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Work behind people who wait: how much of each queue this server does at once */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/queues/{queue}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Pause a queue, let it go on, or have more or less of it done at once
         * @description Holds at this server at once, at every other one on the same database within some seconds, and after a restart. A paused queue finishes what is on its way and takes nothing more; nothing that waits in it is lost, and a second look that is overdue still goes to a person. In the audit log with its reason's author.
         */
        patch: operations["orderQueue"];
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The server's own account, for clients of any source system
         * @deprecated
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image for whichever source system the form is of
         * @deprecated
         * @description An image in a part named `image` is read as by /p/hallux/predict; one in a part named `file` beside a `patient_id` as by /p/dr/predict/. Anything else is refused and nothing is read. A slash at the end makes no difference.
         */
        post: operations["predict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A link to a WebSocket of alerts that needs no key, for a short time
         * @description A browser sends no key with a WebSocket. `/ws` answers `{seq, at, kind, data}` for every alert; with `cursor=` of the last one a client that was away is told what it missed. The time ends the link, not a WebSocket that is open.
         */
        post: operations["linkEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/persons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People, newest first */
        get: operations["listPersons"];
        put?: never;
        /** Admit a person, with or without a picture */
        post: operations["admitPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/persons/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One person */
        get: operations["getPerson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what is known of a person
         * @description Another picture takes the analysis of the one before away.
         */
        patch: operations["changePerson"];
        trace?: never;
    };
    "/v1/persons/{id}/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A person's recorded cases, newest first */
        get: operations["listPersonCases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/persons/{id}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The stored picture that is to be, or was, analysed */
        get: operations["getPersonImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/persons/{id}/analyse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the stored picture (ophthalmology) and keep what was seen */
        post: operations["analysePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/persons/{id}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve or reject the analysis */
        post: operations["validatePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/persons/{id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Note an appointment */
        post: operations["schedulePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was told about people, newest first */
        get: operations["listNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/read-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Note that all notifications were read */
        post: operations["readAllNotifications"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/{id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Note that a notification was read */
        post: operations["readNotification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/ws/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is connected
         * @deprecated
         * @description `/ws/notifications` and `/api/notifications/ws` are WebSockets. With `?cursor=` of the last message a client is told what it missed.
         */
        get: operations["eye_ws_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this is
         * @deprecated
         */
        get: operations["dr_welcome"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The server's own account
         * @deprecated
         */
        get: operations["dr_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr/patients/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Patients, newest first
         * @deprecated
         * @description `X-Total-Count` says how many there are, `Link` with `rel=next` where the next ones are.
         */
        get: operations["dr_list_patients"];
        put?: never;
        /**
         * Create a patient
         * @deprecated
         */
        post: operations["dr_create_patient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr/patients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One patient
         * @deprecated
         */
        get: operations["dr_get_patient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr/predict/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one fundus photograph
         * @deprecated
         * @description The fields beside the image are taken from the form or from the query. With `Prefer: wait=10` the heatmap is made before the answer.
         */
        post: operations["dr_predict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr/predict/patient/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Scans of one patient, newest first
         * @deprecated
         */
        get: operations["dr_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["dr_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to try */
        get: operations["dr_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/dr/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to read */
        get: operations["dr_redoc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this is
         * @deprecated
         */
        get: operations["eye_get_"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this is
         * @deprecated
         */
        get: operations["eye_get_api"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The server's own account
         * @deprecated
         */
        get: operations["eye_get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/patients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * People, newest first; how many there are is in X-Total-Count
         * @deprecated
         */
        get: operations["eye_get_api_patients"];
        put?: never;
        /**
         * Admit a person
         * @deprecated
         */
        post: operations["eye_post_api_patients"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/patients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One person
         * @deprecated
         */
        get: operations["eye_get_api_patients_id_"];
        put?: never;
        post?: never;
        /**
         * Remove a person
         * @deprecated
         */
        delete: operations["eye_delete_api_patients_id_"];
        options?: never;
        head?: never;
        /**
         * Change a person; what only its own route may move is ignored and named in X-Ignored-Fields
         * @deprecated
         */
        patch: operations["eye_patch_api_patients_id_"];
        trace?: never;
    };
    "/p/eye/api/patients/{id}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The person's stored picture
         * @deprecated
         */
        get: operations["eye_get_api_patients_id_image"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/patients/{id}/analyze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the person's picture
         * @deprecated
         */
        post: operations["eye_post_api_patients_id_analyze"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/patients/{id}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say yes or no to the analysis
         * @deprecated
         */
        post: operations["eye_post_api_patients_id_validate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/patients/{id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Note an appointment
         * @deprecated
         */
        post: operations["eye_post_api_patients_id_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/notifications/unread-count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many are unread
         * @deprecated
         */
        get: operations["eye_get_api_notifications_unread_count"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/notifications/mark-all-read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Mark all as read
         * @deprecated
         */
        patch: operations["eye_patch_api_notifications_mark_all_read"];
        trace?: never;
    };
    "/p/eye/api/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Notifications, newest first
         * @deprecated
         */
        get: operations["eye_get_api_notifications"];
        put?: never;
        /**
         * Tell something about a person
         * @deprecated
         */
        post: operations["eye_post_api_notifications"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/notifications/{id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Mark one as read
         * @deprecated
         */
        patch: operations["eye_patch_api_notifications_id_read"];
        trace?: never;
    };
    "/p/eye/api/notifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete one
         * @deprecated
         */
        delete: operations["eye_delete_api_notifications_id_"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/ai/analyze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one picture in base64
         * @deprecated
         */
        post: operations["eye_post_api_ai_analyze"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/ai/analyze-upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one uploaded picture
         * @deprecated
         */
        post: operations["eye_post_api_ai_analyze_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/ai/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether pictures can be read
         * @deprecated
         */
        get: operations["eye_get_api_ai_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/ai/load-model": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Load the model
         * @deprecated
         */
        post: operations["eye_post_api_ai_load_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/api/ai/unload-model": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unload the model
         * @deprecated
         */
        post: operations["eye_post_api_ai_unload_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["eye_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to try */
        get: operations["eye_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/eye/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to read */
        get: operations["eye_redoc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The server's own account
         * @deprecated
         */
        get: operations["cataract_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/system_info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What runs here
         * @deprecated
         */
        get: operations["cataract_system_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/predict_clip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image with clip
         * @deprecated
         */
        post: operations["cataract_predict_clip"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/predict_lgbm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image with lgbm
         * @deprecated
         */
        post: operations["cataract_predict_lgbm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/predict_ensemble": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image with both models
         * @deprecated
         */
        post: operations["cataract_predict_ensemble"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/predict_batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read many images; a bad one fails alone
         * @deprecated
         * @description Images are read while they arrive: `model` and `training_consent` must come in the query, or in the form before the first image.
         */
        post: operations["cataract_predict_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/results/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A kept answer of /predict_batch
         * @description As it was given, for RESULTS_DAYS. With `expires` and `signature` of its link no key is needed.
         */
        get: operations["cataract_results"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/train_clip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Train clip on the images of TRAIN_DATA_DIR
         * @deprecated
         * @description In a process beside the server, one at a time. A band is true only of the pair of readers it was measured on, so either route trains both readers and their band; the figures it reports are those of its own. What comes of it is a candidate: it serves once an operator promotes it.
         */
        post: operations["cataract_train_clip"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/train_lgbm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Train lgbm on the images of TRAIN_DATA_DIR
         * @deprecated
         * @description In a process beside the server, one at a time. A band is true only of the pair of readers it was measured on, so either route trains both readers and their band; the figures it reports are those of its own. What comes of it is a candidate: it serves once an operator promotes it.
         */
        post: operations["cataract_train_lgbm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/training_status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The newest training of each model
         * @deprecated
         */
        get: operations["cataract_training_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/train_cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the training that runs */
        post: operations["cataract_train_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/drift_status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether images are still what the readers know
         * @deprecated
         */
        get: operations["cataract_drift_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["cataract_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to try */
        get: operations["cataract_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/cataract/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to read */
        get: operations["cataract_redoc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is offered here
         * @deprecated
         */
        get: operations["hallux_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The server's own account
         * @deprecated
         */
        get: operations["hallux_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/model_info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The model, and how well it reads
         * @deprecated
         */
        get: operations["hallux_model_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/classifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The classes
         * @deprecated
         */
        get: operations["hallux_classifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image of a foot
         * @deprecated
         * @description PNG, JPEG, BMP or TIFF by its bytes, at most 16 MB. A part named `file` is taken for `image`.
         */
        post: operations["hallux_predict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/predict_base64": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one image of a foot that comes as base64
         * @deprecated
         */
        post: operations["hallux_predict_base64"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["hallux_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to try */
        get: operations["hallux_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/hallux/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to read */
        get: operations["hallux_redoc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/chest/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is offered here
         * @deprecated
         */
        get: operations["chest_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/chest/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The server's own account
         * @deprecated
         */
        get: operations["chest_api_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/chest/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The server's own account
         * @deprecated
         */
        get: operations["chest_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/chest/api/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read one X-ray of the chest
         * @deprecated
         * @description PNG or JPEG by its bytes. A part named `image` is taken for `file`.
         */
        post: operations["chest_predict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/chest/api/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show where the fine reader saw evidence
         * @deprecated
         * @description Reads an upload, or explains the case of `case_id` without another upload. `heatmap_image` is the overlay alone, with an alpha channel, to be laid over the upright image; the source painted it onto the image. It shows what moved the network, not where a disease is.
         */
        post: operations["chest_explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/chest/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["chest_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/chest/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to try */
        get: operations["chest_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/chest/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to read */
        get: operations["chest_redoc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page: drop images, see results */
        get: operations["landing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page of people */
        get: operations["people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page of one person */
        get: operations["person"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page of operation */
        get: operations["opsPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to try */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to read */
        get: operations["redoc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every problem code */
        get: operations["problems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Programme: {
            id: string;
            title: string;
            description: string;
            labels: string[];
            /**
             * @description What is asked: one of two labels, one of several, a grade, or findings
             * @enum {string}
             */
            task: "binary" | "classes" | "grades" | "findings";
            /** @description Labels that make a case positive */
            positive: string[];
            views: string[];
            /** @enum {string} */
            status: "ready" | "missing";
            /** @description Why the programme cannot answer */
            reason?: string;
            readers?: {
                fast: {
                    pack: string;
                    digest: string;
                };
                fine: {
                    pack: string;
                    digest: string;
                };
            };
            band?: {
                pack: string;
                lo: number;
                hi: number;
                a: number;
                b: number;
                target: {
                    missRate: number;
                    falsePositiveRate: number;
                    confidence: number;
                } & {
                    [key: string]: unknown;
                };
                /** @description What labelled images that chose nothing prove about the band, or why they prove nothing */
                certificate: {
                    certified: boolean;
                    reason: string;
                } & {
                    [key: string]: unknown;
                };
                override?: components["schemas"]["BandOverride"];
            };
            quality: {
                ungradable: {
                    luminanceMin: number;
                    luminanceMax: number;
                    contrastMin: number;
                    sharpnessMin: number;
                };
                usable: {
                    luminanceMin: number;
                    luminanceMax: number;
                    contrastMin: number;
                    sharpnessMin: number;
                };
            };
            disclaimer: string;
        };
        /** @description Why the thresholds are safer than the pack's own */
        BandOverride: {
            /** @description Among the certified steps, 1 the safest; 0: nothing of the band is decided without a person */
            step: number;
            incident: string;
        };
        Problem: {
            /** @example /docs/problems#queue-full */
            type: string;
            title: string;
            status: number;
            detail?: string;
            /** @description The request id, also in X-Request-Id */
            instance: string;
            /** @enum {string} */
            code: "body-malformed" | "body-too-large" | "json-invalid" | "base64-invalid" | "field-invalid" | "image-missing" | "image-repeated" | "too-many-images" | "image-too-large" | "image-type-unsupported" | "image-malformed" | "image-undecodable" | "image-too-many-pixels" | "image-too-small" | "image-multiframe" | "idempotency-key-reused" | "link-invalid" | "case-unknown" | "incident-unknown" | "queue-unknown" | "person-unknown" | "person-changed" | "person-without-image" | "notification-unknown" | "profile-ambiguous" | "model-unknown" | "model-not-loaded" | "model-in-use" | "results-unknown" | "training-data-missing" | "batch-unknown" | "archive-refused" | "url-refused" | "object-unknown" | "source-unavailable" | "prefix-unavailable" | "heatmap-unavailable" | "image-gone" | "image-damaged" | "input-quarantined" | "unauthorised" | "route-not-found" | "method-not-allowed" | "programme-unknown" | "request-timeout" | "client-closed-request" | "queue-full" | "rate-limited" | "too-many-bytes-in-flight" | "engine-not-ready" | "engine-lost" | "draining" | "pack-not-installed" | "store-unavailable" | "deadline-exceeded" | "deadline-unmeetable" | "inference-failed" | "internal";
            /** @description The same request may succeed later, unchanged */
            retryable: boolean;
            fields?: {
                name: string;
                message: string;
            }[];
        };
        Case: {
            /** Format: uuid */
            id: string;
            programme: string;
            /**
             * @description `provisional`: the second look is still to come. The decision then says that a person has it, and is no result
             * @enum {string}
             */
            status: "decided" | "provisional";
            secondLook?: components["schemas"]["SecondLook"];
            decision: components["schemas"]["Decision"];
            readings: components["schemas"]["Reading"][];
            /** @description The stored file: rebuilt from what was uploaded, without its metadata */
            image: {
                sha256: string;
                /** @enum {string} */
                mediaType: "image/jpeg" | "image/png" | "image/webp" | "image/tiff" | "image/bmp";
                bytes: number;
                width: number;
                height: number;
            };
            patientId?: string;
            /** @enum {string} */
            laterality?: "left" | "right" | "both" | "unknown";
            view?: string;
            site?: string;
            externalId?: string;
            visitType?: string;
            notes?: string;
            trainingConsent?: boolean;
            /** Format: date-time */
            createdAt: string;
            disclaimer: string;
            links: {
                self: string;
                readings: string;
                image: string;
                heatmap: string;
            };
        };
        /** @description Only of a case that is, or was, provisional */
        SecondLook: {
            /** @enum {string} */
            cause: "unavailable" | "no-time" | "load";
            /** @description How much more probably right a second look makes the answer */
            gain: number;
            /**
             * @description `pack`: measured when the band was chosen; `band`: computed from the distance to the band's middle
             * @enum {string}
             */
            gainFrom: "pack" | "band";
            /**
             * Format: date-time
             * @description Without a second look by then a person decides
             */
            dueAt: string;
            /** Format: date-time */
            settledAt?: string;
        };
        Decision: {
            /** @enum {string} */
            outcome: "negative" | "positive" | "person";
            label: string;
            probability: number;
            /** @description Calibrated; sums to 1 but for findings, of which several may be there at once */
            probabilities: {
                [key: string]: number;
            };
            /** @description That any positive label is there; the band's thresholds are laid on it */
            positiveProbability?: number;
            /** @enum {string} */
            stage: "fast" | "fine";
            escalated: boolean;
            /** @enum {string} */
            reason: "fast-confident" | "fine-confident" | "fine-uncertain" | "out-of-domain" | "ungradable" | "fast-uncertain" | "mean-confident" | "mean-uncertain" | "second-look-pending" | "second-look-overdue" | "second-look-release-gone" | "second-look-failed";
            explanation: string;
            /** @enum {string} */
            strategy: "cascade" | "fast" | "fine" | "mean";
            band: {
                pack: string;
                lo: number;
                hi: number;
                a: number;
                b: number;
                target: {
                    missRate: number;
                    falsePositiveRate: number;
                    confidence: number;
                } & {
                    [key: string]: unknown;
                };
                /** @description What labelled images that chose nothing prove about the band, or why they prove nothing */
                certificate: {
                    certified: boolean;
                    reason: string;
                } & {
                    [key: string]: unknown;
                };
                fuse: {
                    w0: number;
                    w1: number;
                    w2: number;
                };
                override?: components["schemas"]["BandOverride"];
            };
            /** @enum {string} */
            gradability: "gradable" | "usable" | "ungradable";
            quality: {
                luminance: number;
                contrast: number;
                sharpness: number;
            };
        };
        Reading: {
            /** @enum {string} */
            reader: "fast" | "fine";
            /** @example cataract/fast-1 */
            pack: string;
            /** @description SHA-256 of the pack's manifest, which names every model file by SHA-256 */
            digest: string;
            /** @description Calibrated; sums to 1 but for findings, of which several may be there at once */
            probabilities: {
                [key: string]: number;
            };
            /** @description That any positive label is there; the band's thresholds are laid on it */
            positiveProbability?: number;
            timings: {
                queueMs: number;
                decodeMs: number;
                computeMs: number;
            };
            worker: string;
            domainPValue?: number;
        };
        Batch: {
            /** Format: uuid */
            id: string;
            programme: string;
            /**
             * @description How the readers are combined. Default: the programme's cascade
             * @enum {string}
             */
            strategy?: "cascade" | "fast" | "fine" | "mean";
            /** @enum {string} */
            priority: "normal" | "low";
            /** @enum {string} */
            status: "receiving" | "running" | "done" | "cancelling" | "cancelled";
            counts: {
                total: number;
                queued: number;
                leased: number;
                done: number;
                failed: number;
                dead: number;
                cancelled: number;
            };
            /** @description As measured over the last seconds; null: unknown */
            itemsPerSecond: number | null;
            /** @description Until it is finished, at that rate; null: unknown */
            etaSeconds: number | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            finishedAt: string | null;
            /**
             * @description Null before the end, or without one
             * @enum {string|null}
             */
            webhook: "due" | "sent" | "failed" | null;
            links: {
                self: string;
                events: string;
                results: string;
                cancel: string;
                retry: string;
            };
        };
        /** @description One of `image`, `object` and `url`, and what is known of the image */
        BatchItem: {
            /** @description Your name of the item, once in a batch */
            custom_id?: string;
            /** @description Base64, plain or as a data URL */
            image?: string;
            /** @description SHA-256 of an image that is stored here already */
            object?: string;
            /**
             * Format: uri
             * @description Where the image is; only hosts of BATCH_URL_HOSTS are asked
             */
            url?: string;
            /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
            patientId?: string;
            /** @enum {string} */
            laterality?: "left" | "right" | "both" | "unknown";
            /** @description Which view of the body part, e.g. external-eye. No control characters */
            view?: string;
            /** @description Where the image was taken. No control characters */
            site?: string;
            /** @description Your identifier of the examination. No control characters */
            externalId?: string;
            /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
            visitType?: string;
            /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
            notes?: string;
            /** @description Whether the image may be used for training. Absent: it may not */
            trainingConsent?: boolean;
        };
        BatchPrefix: {
            /** @description Below BATCH_S3_PREFIX, in the bucket of OBJECT_STORE */
            prefix: string;
            programme?: string;
            /**
             * @description How the readers are combined. Default: the programme's cascade
             * @enum {string}
             */
            strategy?: "cascade" | "fast" | "fine" | "mean";
            /** @enum {string} */
            priority?: "normal" | "low";
            /** Format: uri */
            webhook?: string;
        };
        BatchList: {
            batches: components["schemas"]["Batch"][];
            next?: string;
        };
        BatchResult: {
            index: number;
            custom_id: string | null;
            /** @enum {string} */
            status: "done" | "failed" | "dead" | "cancelled";
            case: components["schemas"]["Case"] | null;
            error: {
                /** @enum {string} */
                code: "body-malformed" | "body-too-large" | "json-invalid" | "base64-invalid" | "field-invalid" | "image-missing" | "image-repeated" | "too-many-images" | "image-too-large" | "image-type-unsupported" | "image-malformed" | "image-undecodable" | "image-too-many-pixels" | "image-too-small" | "image-multiframe" | "idempotency-key-reused" | "link-invalid" | "case-unknown" | "incident-unknown" | "queue-unknown" | "person-unknown" | "person-changed" | "person-without-image" | "notification-unknown" | "profile-ambiguous" | "model-unknown" | "model-not-loaded" | "model-in-use" | "results-unknown" | "training-data-missing" | "batch-unknown" | "archive-refused" | "url-refused" | "object-unknown" | "source-unavailable" | "prefix-unavailable" | "heatmap-unavailable" | "image-gone" | "image-damaged" | "input-quarantined" | "unauthorised" | "route-not-found" | "method-not-allowed" | "programme-unknown" | "request-timeout" | "client-closed-request" | "queue-full" | "rate-limited" | "too-many-bytes-in-flight" | "engine-not-ready" | "engine-lost" | "draining" | "pack-not-installed" | "store-unavailable" | "deadline-exceeded" | "deadline-unmeetable" | "inference-failed" | "internal";
                detail: string;
            } | null;
        };
        InferenceError: {
            error: string;
            code: string;
            detail: string;
            retryable: boolean;
            request_id: string;
        };
        InferenceModelStatistics: {
            name: string;
            version: string;
            /** @description Milliseconds since 1970; 0: none yet */
            last_inference: number;
            inference_count: number;
            /** @description Readers that were run; a cascade runs one or two */
            execution_count: number;
            inference_stats: {
                success: {
                    count: number;
                    ns: number;
                };
                fail: {
                    count: number;
                    ns: number;
                };
                queue: {
                    count: number;
                    ns: number;
                };
                /** @description Decoding */
                compute_input: {
                    count: number;
                    ns: number;
                };
                /** @description The readers */
                compute_infer: {
                    count: number;
                    ns: number;
                };
                /** @description Until the record was safe */
                compute_output: {
                    count: number;
                    ns: number;
                };
                cache_hit: {
                    count: number;
                    ns: number;
                };
                cache_miss: {
                    count: number;
                    ns: number;
                };
            };
            /** @description Empty: /metrics tells the sizes of batches */
            batch_stats: {
                batch_size: number;
                compute_infer: {
                    count: number;
                    ns: number;
                };
            }[];
        };
        InferenceModel: {
            name: string;
            versions: string[];
            platform: string;
            inputs: {
                name: string;
                datatype: string;
                shape: number[];
            }[];
            outputs: {
                name: string;
                datatype: string;
                shape: number[];
            }[];
            properties: {
                [key: string]: string;
            };
        };
        InferenceResponse: {
            model_name: string;
            model_version: string;
            id?: string;
            parameters: {
                disclaimer: string;
                /**
                 * @description The second look is still to come, and this is no result: `GET /v1/cases/{case_id}` has it later
                 * @enum {string}
                 */
                status?: "provisional";
            };
            outputs: {
                name: string;
                datatype: string;
                shape: number[];
                data?: (string | number | boolean)[];
                parameters?: {
                    binary_data_size: number;
                };
            }[];
        };
        InferenceRequest: {
            /** @description Repeated in the answer */
            id?: string;
            /** @description `timeout` in microseconds; `binary_data_output`; and of the case: `patientId`, `laterality`, `view`, `site`, `externalId`, `visitType`, `notes`, `trainingConsent` */
            parameters?: {
                [key: string]: string | number | boolean;
            };
            inputs: {
                /** @example image */
                name: string;
                /** @example BYTES */
                datatype: string;
                /**
                 * @example [
                 *       1
                 *     ]
                 */
                shape: number[];
                parameters?: {
                    [key: string]: string | number | boolean;
                };
                /**
                 * @description The image as one text of base64
                 * @example [
                 *       "/9j/4AAQ"
                 *     ]
                 */
                data?: string[];
            }[];
            outputs?: {
                name: string;
                parameters?: {
                    [key: string]: string | number | boolean;
                };
            }[];
        };
        Readiness: {
            ready: boolean;
            reason?: string;
            engine: {
                /** @enum {string} */
                state: "starting" | "ready" | "restarting" | "draining" | "stopped" | "unknown";
                reason?: string;
                workers?: number;
                restarts?: number;
            };
            programmes: {
                id: string;
                /** @enum {string} */
                status: "ready" | "missing";
            }[];
        };
        Nodes: {
            nodes: components["schemas"]["Node"][];
            /** @description Servers on the same database; absent while that cannot be asked */
            gateways?: components["schemas"]["GatewayOfSeveral"][];
        };
        Node: {
            name: string;
            /** @description The engine of this server itself */
            local: boolean;
            /** @enum {string} */
            state: "starting" | "ready" | "suspect" | "resting" | "draining" | "dead";
            version?: string;
            /**
             * @description What its sessions run on
             * @example cpu
             */
            provider?: string;
            /** @description Images it reads at the same time */
            slots: number;
            /** @description Packs that are loaded */
            packs?: string[];
            /** @description Packs it would load at their first task */
            later?: string[];
            /** @description Which packs it serves, loads, or cannot load */
            models?: components["schemas"]["NodePack"][];
            /** @description Pack files that it refused since its start */
            refused?: number;
            /** @description Most images that this server may have open there */
            creditItems: number;
            openItems: number;
            /** @description Images it was asked for by anybody, as it said last */
            load: number;
            /** @description Its n-th open image is answered after fixedMs + itemMs * n */
            costs: {
                packs: string[];
                fixedMs: number;
                itemMs: number;
            }[];
            /** @description Since its last heartbeat */
            silentMs?: number;
        };
        NodePack: {
            /** @description Absent for a pack that this server does not know */
            id?: string;
            digest: string;
            /**
             * @description `loading`: also while its files are fetched
             * @enum {string}
             */
            state: "loaded" | "later" | "loading" | "failed";
            /**
             * @description Why it is not served
             * @example object-corrupt
             */
            code?: string;
            detail?: string;
        };
        GatewayOfSeveral: {
            name: string;
            /** @description The one that answers */
            here: boolean;
            /**
             * @description What it alone does for all of them
             * @example [
             *       "monitor"
             *     ]
             */
            leads: string[];
        };
        Drift: {
            programmes: components["schemas"]["DriftReport"][];
            /** @description Programmes of which nothing is known: nothing watches them */
            unwatched: string[];
            disclaimer: string;
        };
        DriftReport: {
            programme: string;
            release: string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            at: string;
            cases: number;
            groups: {
                /**
                 * @description `look`: something is different, which asks for a closer look; `harm`: decisions are wrong, or may be
                 * @enum {string}
                 */
                kind: "look" | "harm";
                /** @description At most one false alarm in so many cases on average */
                threshold: number;
                /** @description Mean over the streams; the alarm comes when it reaches the threshold */
                evidence: number;
                alarmed: boolean;
                streams: {
                    /** @example disagreement-negative */
                    stream: string;
                    evidence: number;
                    /** @description Of this stream since its beginning, with or without evidence */
                    cases: number;
                    /** @description Where a change most likely was, on the same count; 0: nowhere */
                    changeAtCase: number;
                }[];
            }[];
            /** @description Share of wrong automatic decisions, from cases audited by chance */
            risk: {
                /** @description Weighted mean; absent before the first case */
                value?: number;
                /** @description 95 %; holds at every look at once */
                interval: [
                    number,
                    number
                ];
                cases: number;
                /** @description Labels of people that it rests on: what it has cost */
                labels: number;
                /** @description What the band allows */
                target: number;
            };
            /** @description Cases that could not be watched */
            unusable: number;
            /** @description Times as many audits as usual */
            auditFactor: number;
            /** @description The safer band in force */
            band?: {
                step: number;
                incident: string;
            };
            candidate?: {
                release: string;
                /** @description Of the groups, whose cases it answers */
                percent: number;
                incident: string;
            };
            /** @description Incidents in work */
            open: string[];
        };
        Incidents: {
            incidents: components["schemas"]["Incident"][];
            disclaimer: string;
        };
        Incident: {
            id: string;
            programme: string;
            /** @enum {string} */
            kind: "look" | "harm";
            streams: string[];
            /** @enum {string} */
            state: "open" | "labelling" | "training" | "gate" | "shadow" | "canary" | "promoted" | "rejected" | "rolled-back" | "closed";
            /** Format: date-time */
            openedAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description The most telling cases */
            cases: string[];
            /** @description By step; each figure with its n */
            evidence: {
                [key: string]: unknown;
            };
            waitingFor: string[];
        };
        IncidentHistory: {
            incident: components["schemas"]["Incident"];
            events: {
                incident: string;
                /** Format: date-time */
                at: string;
                /** @enum {string|null} */
                from: "open" | "labelling" | "training" | "gate" | "shadow" | "canary" | "promoted" | "rejected" | "rolled-back" | "closed" | null;
                /** @enum {string} */
                to: "open" | "labelling" | "training" | "gate" | "shadow" | "canary" | "promoted" | "rejected" | "rolled-back" | "closed";
                why: string;
            }[];
            disclaimer: string;
        };
        LabelledCase: {
            /** Format: uuid */
            caseId: string;
            /** @description Oldest first; none is ever changed or removed */
            labels: components["schemas"]["CaseLabel"][];
            /** @description The label that holds: the newest of the highest role, when nobody of that role contradicts it */
            truth?: string;
            /** @description People of the highest role contradict each other */
            conflict: boolean;
            disclaimer: string;
        };
        CaseLabel: {
            id: string;
            /** Format: uuid */
            caseId: string;
            programme: string;
            label: string;
            positive: boolean;
            /** @enum {string} */
            role: "reader" | "senior" | "adjudicator";
            by: string;
            /** Format: date-time */
            at: string;
            note?: string;
        };
        LabelDraft: {
            /**
             * @description One of the programme's labels, or `ungradable`
             * @example cataract
             */
            label: string;
            /**
             * @description The label of a higher role holds: reader, senior, adjudicator
             * @enum {string}
             */
            role: "reader" | "senior" | "adjudicator";
            /** @description Who says so, as you name them; never a patient */
            by: string;
            /** @description Why; nothing that names a patient */
            note?: string;
        };
        LabelTasks: {
            tasks: components["schemas"]["LabelTask"][];
            disclaimer: string;
        };
        LabelTask: {
            /** Format: uuid */
            caseId: string;
            programme: string;
            /**
             * @description `abstention`: the readers left it to a person; `audit`: chance chose it; `alarm`: an open incident shows it; `repeat`: it was labelled before
             * @enum {string}
             */
            source: "abstention" | "audit" | "alarm" | "repeat";
            /** @description False: whoever labels is not to know what the readers say, so the answer is not here */
            answerShown: boolean;
            decision?: components["schemas"]["Decision"];
            links: {
                /** @description Needs no key, for a short time */
                image: string;
                /** @description Where the label is sent */
                labels: string;
            };
        };
        LabelImport: {
            added: number;
            /** @description Rows that said what their person had said last of this case */
            unchanged: number;
            refused: number;
            /** @description The first of them */
            refusals: {
                /** @description Of the body, from 1 */
                line: number;
                /** @enum {string} */
                code: "body-malformed" | "body-too-large" | "json-invalid" | "base64-invalid" | "field-invalid" | "image-missing" | "image-repeated" | "too-many-images" | "image-too-large" | "image-type-unsupported" | "image-malformed" | "image-undecodable" | "image-too-many-pixels" | "image-too-small" | "image-multiframe" | "idempotency-key-reused" | "link-invalid" | "case-unknown" | "incident-unknown" | "queue-unknown" | "person-unknown" | "person-changed" | "person-without-image" | "notification-unknown" | "profile-ambiguous" | "model-unknown" | "model-not-loaded" | "model-in-use" | "results-unknown" | "training-data-missing" | "batch-unknown" | "archive-refused" | "url-refused" | "object-unknown" | "source-unavailable" | "prefix-unavailable" | "heatmap-unavailable" | "image-gone" | "image-damaged" | "input-quarantined" | "unauthorised" | "route-not-found" | "method-not-allowed" | "programme-unknown" | "request-timeout" | "client-closed-request" | "queue-full" | "rate-limited" | "too-many-bytes-in-flight" | "engine-not-ready" | "engine-lost" | "draining" | "pack-not-installed" | "store-unavailable" | "deadline-exceeded" | "deadline-unmeetable" | "inference-failed" | "internal";
                detail: string;
            }[];
        };
        LabelRow: {
            /** Format: uuid */
            case_id?: string;
            /** @description As given with the image; in place of `case_id` */
            external_id?: string;
            /**
             * @description One of the programme's labels, or `ungradable`
             * @example cataract
             */
            label: string;
            /**
             * @description The label of a higher role holds: reader, senior, adjudicator
             * @enum {string}
             */
            role: "reader" | "senior" | "adjudicator";
            /** @description Who says so, as you name them; never a patient */
            by: string;
            /** @description Why; nothing that names a patient */
            note?: string;
        };
        Operation: {
            at: string;
            version: string;
            /** @description All counts and percentiles are of this long, up to `at` */
            seconds: number;
            grafana: string | null;
            ready: {
                ready: boolean;
                reason?: string;
            };
            engine: {
                state: string;
                reason?: string;
            } & {
                [key: string]: unknown;
            };
            models: {
                programme: string;
                title: string;
                certified?: boolean;
                /** @description Why it cannot answer */
                missing?: string;
                readers: {
                    reader: string;
                    pack: string;
                    digest: string;
                }[];
            }[];
            nodes: {
                name: string;
                local: boolean;
                state: string;
                slots: number;
                openItems: number;
                creditItems: number;
                silentS?: number;
            }[];
            gateways?: {
                name: string;
                here: boolean;
                leads: string[];
            }[];
            queues: {
                lanes: {
                    /** @enum {string} */
                    lane: "interactive" | "escalation" | "bulk";
                    items: number | null;
                    waitP95S: components["schemas"]["Counted"];
                }[];
                items: {
                    used: number | null;
                    limit: number;
                };
                bytes: {
                    used: number | null;
                    limit: number;
                };
                uploadBytes: {
                    used: number | null;
                    limit: number;
                };
            };
            /** @description Work behind people who wait */
            background: components["schemas"]["Queue"][];
            requests: {
                n: number;
                /** @description Answered 5xx */
                failed: number;
                /** @description 429, 503 and 504 */
                shed: {
                    name: string;
                    n: number;
                }[];
                retryAfterP50S: components["schemas"]["Counted"];
                cancelled: number;
                /** @description The commonest problem codes */
                codes: {
                    name: string;
                    n: number;
                }[];
            };
            cases: {
                accepted: number;
                settled: {
                    name: string;
                    n: number;
                }[];
                p50S: components["schemas"]["Counted"];
                p95S: components["schemas"]["Counted"];
                p99S: components["schemas"]["Counted"];
                stages: {
                    stage: string;
                    p95S: components["schemas"]["Counted"];
                }[];
                toPerson: components["schemas"]["Counted"];
                ungradable: components["schemas"]["Counted"];
                escalated: components["schemas"]["Counted"];
                agreed: components["schemas"]["Counted"];
                /** @description Provisional cases of the database */
                pending: number;
            };
            /** @description Absent while the database is away */
            backlog?: {
                batches: number;
                queued: number;
                leased: number;
                oldestS?: number;
            };
            /** @description The newest, whatever their state */
            batches?: {
                id: string;
                programme: string;
                /** @enum {string} */
                state: "receiving" | "running" | "done" | "cancelling" | "cancelled";
                counts: {
                    queued: number;
                    leased: number;
                    done: number;
                    failed: number;
                    dead: number;
                    cancelled: number;
                    total: number;
                };
                createdAt: string;
                itemsPerSecond?: number;
                secondsLeft?: number;
            }[];
            audit: components["schemas"]["VerifiedChain"];
        };
        /** @description A share or a percentile, and of how many */
        Counted: {
            /** @description Null of none */
            value: number | null;
            n: number;
        };
        Queue: {
            /** @enum {string} */
            queue: "batches" | "second-looks" | "audit-looks";
            /** @description Items that this server works on at once at most; 0 while it is paused */
            width: number;
            /** @description As its settings say */
            usualWidth: number;
            /** @description The most that can be ordered */
            widthMax: number;
            /** @description What was ordered last; absent: nothing ever */
            order?: {
                /** @enum {string} */
                queue: "batches" | "second-looks" | "audit-looks";
                paused: boolean;
                width: number | null;
                reason: string;
                /** @description As the audit log names them */
                by: string;
                at: string;
            };
        };
        /** @description As this server verified the chain last; null: not yet */
        VerifiedChain: {
            intact: boolean;
            entries: number;
            head: string;
            /** @description The first one */
            fault?: {
                seq: number;
                reason: string;
            };
            at: string;
        } | null;
        ShownSettings: {
            settings: {
                name: string;
                value: string | number | boolean | null;
                isDefault: boolean;
            }[];
        };
        QueueChange: {
            paused?: boolean;
            /** @description Null: as many as the settings say */
            width?: number | null;
            /** @description For whoever looks at it later */
            reason: string;
        };
        SharedHealth: components["schemas"]["CataractHealth"] & {
            version: string;
            model_loaded: boolean;
            /** @description Seconds since 1970 */
            timestamp_epoch: number;
        };
        CataractHealth: {
            /** @enum {string} */
            status: "ok" | "degraded";
            system_ready: boolean;
            reason?: string;
            /** @enum {string} */
            device: "cpu";
            models_loaded: {
                clip: boolean;
                lgbm: boolean;
                batch: boolean;
            };
            /** @description The inference engine is ready */
            ray_initialized: boolean;
            /** @description Idle worker threads */
            ray_workers_available: number;
            timestamp: string;
            disclaimer: string;
        };
        HalluxPrediction: {
            /** @example Hallux Valgus */
            prediction: string;
            /** @description Of the prediction, calibrated, 0..100 with two decimals */
            confidence: number;
            hallux_valgus_detected: boolean;
            /**
             * @example {
             *       "Normal": 2.1,
             *       "Flatfoot": 0.8,
             *       "Foot Ulcer": 0.3,
             *       "Hallux Valgus": 96.8
             *     }
             */
            probabilities: {
                [key: string]: number;
            };
            /** @description Seconds of decoding and computing, three decimals; waiting is in Server-Timing */
            inference_time: number;
            model_info: {
                name: string;
                /** @description From the evaluation of exactly these packs, or n/a */
                accuracy: string;
                hallux_valgus_recall: string;
            };
            case_id: string;
            /** @enum {string} */
            outcome: "negative" | "positive" | "person";
            reason: string;
            explanation: string;
            escalated: boolean;
            strategy: string;
            threshold: components["schemas"]["HalluxThreshold"];
            readings: {
                reader: string;
                model: string;
                probabilities: {
                    [key: string]: number;
                };
            }[];
            evaluation: components["schemas"]["HalluxEvaluation"];
            gradability: string;
            quality: {
                luminance: number;
                contrast: number;
                sharpness: number;
            };
            /** @description An overlay of where the fine reader saw evidence; opens without a key for a short time */
            heatmap_url: string;
            /** @enum {string} */
            status: "decided" | "provisional";
            /** @description True: the second look is still to come, and this is no result. `GET /v1/cases/{id}` has it later */
            pending: boolean;
            disclaimer: string;
        };
        /** @description What the outcome follows from; between both limits a person decides. `hallux_valgus_detected` is true when the outcome is not negative and hallux valgus is the most probable finding */
        HalluxThreshold: {
            /** @enum {string} */
            of: "any finding";
            /** @description That any class but Normal is there */
            percent: number | null;
            negative_at_or_below_percent: number;
            positive_at_or_above_percent: number;
            pack: string;
            certified: boolean;
            certificate: string;
        };
        HalluxEvaluation: {
            /** @enum {string|null} */
            reader: "fast" | "fine" | "cascade" | null;
            figures: {
                [key: string]: components["schemas"]["HalluxFigure"];
            };
            data: {
                sets: string[];
                split: string;
                images: number;
                groups: number;
                images_per_class: {
                    [key: string]: number;
                };
            } | null;
            note: string;
        };
        HalluxFigure: {
            percent: number;
            /** @description 95 % interval */
            interval_percent: [
                number,
                number
            ];
            /** @description Images it was measured on */
            n: number;
            method: string;
        };
        DrScan: {
            scan_id: string;
            patient_id: string;
            /** @enum {string} */
            dr_severity: "No DR" | "Mild" | "Moderate" | "Severe" | "Proliferative";
            /** @description Of `dr_severity`, 0..1 */
            confidence_score: number;
            /**
             * @description UTC without a zone
             * @example 2026-01-01T10:00:00.000000
             */
            scan_timestamp: string;
            visit_type: string | null;
            /**
             * Format: uri
             * @description Opens without a key, for a short time; null when the image is no longer kept
             */
            image_url: string | null;
            /**
             * Format: uri
             * @description Opens without a key, for a short time. The map is made when the link is first followed
             */
            heatmap_url: string | null;
            notes: string | null;
            probabilities: {
                "No DR": number;
                Mild: number;
                Moderate: number;
                Severe: number;
                Proliferative: number;
            };
            /**
             * @description `person`: nobody should act on `dr_severity` before a qualified person has looked
             * @enum {string}
             */
            outcome: "negative" | "positive" | "person";
            /** @description True when a person must decide */
            requires_review: boolean;
            reason: string;
            explanation: string;
            gradability: string;
            /** @enum {string} */
            status: "decided" | "provisional";
            /** @description True: the second look is still to come, and this is no result. `GET /v1/cases/{id}` has it later */
            pending: boolean;
            disclaimer: string;
            escalated: boolean;
            strategy: string;
            readings: {
                reader: string;
                model: string;
                digest: string;
                probabilities: {
                    "No DR": number;
                    Mild: number;
                    Moderate: number;
                    Severe: number;
                    Proliferative: number;
                };
            }[];
            quality: {
                luminance: number;
                contrast: number;
                sharpness: number;
            };
            /** @description What was done to the picture before each model saw it */
            preprocessing: {
                reader: string;
                model: string;
                steps: string[];
                width: number;
                height: number;
            }[];
        };
        SharedError: {
            error: string;
            detail: string;
            code: string;
            request_id: string;
            mounts: string[];
        } & {
            [key: string]: unknown;
        };
        EventLink: {
            href: string;
            /** Format: date-time */
            expiresAt: string;
        };
        PersonList: {
            persons: components["schemas"]["Person"][];
            /** @description All that fit, also those on other pages */
            total: number;
            disclaimer: string;
        };
        Person: {
            /** Format: uuid */
            id: string;
            name: string;
            age: number | null;
            gender: string | null;
            email: string | null;
            phone: string | null;
            history: string | null;
            symptoms: string[];
            /** @enum {string} */
            status: "Critical" | "Stable" | "Pending Analysis" | "Discharged";
            image: {
                sha256: string;
                /** @enum {string} */
                mediaType: "image/jpeg" | "image/png" | "image/webp" | "image/tiff" | "image/bmp";
                bytes: number;
                width: number;
                height: number;
            } | null;
            /** @description An address that was given in place of a picture: kept, never fetched */
            imageUrl: string | null;
            oculomics: components["schemas"]["Oculomics"];
            analysis: {
                classification: string;
                /** @description Of the classification, calibrated, percent */
                confidence: number;
                findings: string[];
                recommendation: string;
                explanation: string;
            } | null;
            /** @description Case that the analysis rests on */
            analysisCase: string | null;
            /** @enum {string|null} */
            severity: "critical" | "warning" | "info" | "undecided" | null;
            model: string | null;
            validation: {
                /** @enum {string} */
                status: "approved" | "rejected";
                by: string;
                /**
                 * Format: date-time
                 * @example 2026-01-01T10:00:00Z
                 */
                at: string;
                caseId: string | null;
                reason: string | null;
            } | null;
            /**
             * Format: date-time
             * @example 2026-01-01T10:00:00Z
             */
            appointmentDate: string | null;
            /** @description 1 analysis, 2 validation, 3 scheduling, 4 complete */
            workflowStep: number;
            /**
             * Format: date-time
             * @example 2026-01-01T10:00:00Z
             */
            admittedAt: string;
            /**
             * Format: date-time
             * @example 2026-01-01T10:00:00Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-01T10:00:00Z
             */
            updatedAt: string;
            version: number;
            links: {
                self: string;
                cases: string;
                image: string | null;
            };
            disclaimer: string;
        };
        Oculomics: {
            /** @description mmHg */
            intraocularPressure: number;
            cupToDiscRatio: number;
            /** @description Of the nerve fibre layer, µm */
            rnflThickness: number;
            /** @description % */
            vesselDensity: number;
            /** @description Earlier measurements: pressure in mmHg, vessel density in %; dates as they were given */
            history: {
                date: string;
                iop: number;
                density: number;
            }[];
        } | null;
        PersonDraft: {
            name: string;
            age?: number | null;
            gender?: string | null;
            email?: string | null;
            phone?: string | null;
            /** @description What is known of earlier illness */
            history?: string | null;
            symptoms?: string[];
            oculomics?: {
                /** @description mmHg */
                intraocularPressure: number;
                cupToDiscRatio: number;
                /** @description Of the nerve fibre layer, µm */
                rnflThickness: number;
                /** @description % */
                vesselDensity: number;
                /** @default [] */
                history: {
                    date: string;
                    /** @description mmHg */
                    iop: number;
                    /** @description % */
                    density: number;
                }[];
            } | null;
            /** @description A picture in base64, or as a data URL; null takes it away */
            image?: string | null;
        };
        /** @description What is absent stays. Status and step follow from what is known */
        PersonChange: {
            name?: string;
            age?: number | null;
            gender?: string | null;
            email?: string | null;
            phone?: string | null;
            /** @description What is known of earlier illness */
            history?: string | null;
            symptoms?: string[];
            oculomics?: {
                /** @description mmHg */
                intraocularPressure: number;
                cupToDiscRatio: number;
                /** @description Of the nerve fibre layer, µm */
                rnflThickness: number;
                /** @description % */
                vesselDensity: number;
                /** @default [] */
                history: {
                    date: string;
                    /** @description mmHg */
                    iop: number;
                    /** @description % */
                    density: number;
                }[];
            } | null;
            /** @description A picture in base64, or as a data URL; null takes it away */
            image?: string | null;
        };
        Judgement: {
            approved: boolean;
            reason?: string | null;
        };
        Appointment: {
            /**
             * Format: date-time
             * @example 2026-01-01T10:00:00Z
             */
            appointmentDate: string;
        };
        NotificationList: {
            notifications: components["schemas"]["Notification"][];
            /** @description All that nobody has read, also those on other pages */
            unread: number;
            disclaimer: string;
        };
        Notification: {
            /** Format: uuid */
            id: string;
            personId: string | null;
            message: string;
            /**
             * Format: date-time
             * @example 2026-01-01T10:00:00Z
             */
            at: string;
            read: boolean;
            /** @enum {string} */
            type: "info" | "critical" | "success";
        };
        EyeSocketStatus: {
            /** @description Clients that are told of alerts now */
            active_connections: number;
            /** @description Whether a folder is watched for images */
            scanner_enabled: boolean;
            /** @description Number of the newest alert */
            cursor: number;
        };
        DrWelcome: {
            message: string;
            version: string;
            docs: string;
            health: string;
        };
        DrHealth: {
            /** @enum {string} */
            status: "ok" | "degraded";
            version: string;
            /** @description The model's files were checked and it has answered */
            model_loaded: boolean;
            /** @description Why the status is not ok */
            reason?: string;
        };
        DrPatient: {
            name: string;
            age: number | null;
            email: string | null;
            phone: string | null;
            medical_history: string | null;
            id: string;
            /**
             * @description UTC without a zone
             * @example 2026-01-01T10:00:00.000000
             */
            created_at: string;
            updated_at: string;
        };
        FastApiError: {
            detail: string | ({
                type: string;
                loc: (string | number)[];
                msg: string;
                input?: unknown;
            } & {
                [key: string]: unknown;
            })[];
            code: string;
            reason: string;
            request_id: string;
        } & {
            [key: string]: unknown;
        };
        DrPatientIn: {
            name: string;
            age?: number | null;
            email?: string | null;
            phone?: string | null;
            medical_history?: string | null;
        };
        DrHistory: components["schemas"]["DrHistoryEntry"][];
        DrHistoryEntry: {
            id: string;
            patient_id: string;
            /** @enum {string} */
            dr_severity: "No DR" | "Mild" | "Moderate" | "Severe" | "Proliferative";
            /** @description Of `dr_severity`, 0..1 */
            confidence_score: number;
            /**
             * @description UTC without a zone
             * @example 2026-01-01T10:00:00.000000
             */
            scan_timestamp: string;
            visit_type: string | null;
            /**
             * Format: uri
             * @description Opens without a key, for a short time; null when the image is no longer kept
             */
            image_url: string | null;
            /**
             * Format: uri
             * @description Opens without a key, for a short time. The map is made when the link is first followed
             */
            heatmap_url: string | null;
            notes: string | null;
            probabilities: {
                "No DR": number;
                Mild: number;
                Moderate: number;
                Severe: number;
                Proliferative: number;
            };
            /**
             * @description `person`: nobody should act on `dr_severity` before a qualified person has looked
             * @enum {string}
             */
            outcome: "negative" | "positive" | "person";
            /** @description True when a person must decide */
            requires_review: boolean;
            reason: string;
            explanation: string;
            gradability: string;
            /** @enum {string} */
            status: "decided" | "provisional";
            /** @description True: the second look is still to come, and this is no result. `GET /v1/cases/{id}` has it later */
            pending: boolean;
            disclaimer: string;
            /** @description Every model that read the scan */
            model_version: string;
        };
        EyeInfo: {
            name: string;
            version: string;
            status: string;
            docs: string;
            endpoints: {
                [key: string]: string;
            };
            disclaimer: string;
        };
        EyeHealth: {
            /** @enum {string} */
            status: "healthy" | "unhealthy";
            version: string;
            model_loaded: boolean;
            reason?: string;
            disclaimer: string;
        };
        EyePatient: {
            id: string;
            name: string;
            /** @description Null only for a person whom another source system admitted */
            age: number | null;
            gender: string;
            /**
             * @description UTC without a zone
             * @example 2026-01-01T10:00:00.000000
             */
            admissionDate: string;
            symptoms: string[];
            /** @enum {string} */
            status: "Critical" | "Stable" | "Pending Analysis" | "Discharged";
            /** @description A link that needs no key, for a short time */
            imageUrl: string | null;
            history: string;
            oculomics: {
                /** @description mmHg */
                intraocularPressure: number;
                cupToDiscRatio: number;
                /** @description µm */
                rnflThickness: number;
                /** @description % */
                vesselDensity: number;
                history: {
                    date: string;
                    iop: number;
                    density: number;
                }[];
            } | null;
            aiAnalysis: {
                classification: string;
                /** @description Of the classification, calibrated, 0..100 */
                confidence: number;
                findings: string[];
                recommendation: string;
                explanation: string;
            } | null;
            /** @enum {string|null} */
            validationStatus: "approved" | "rejected" | null;
            appointmentDate: string | null;
            workflowStep: number;
            caseId: string | null;
            model: string | null;
            /** @enum {string|null} */
            severity: "critical" | "warning" | "info" | "undecided" | null;
            validation: {
                by: string;
                /**
                 * @description UTC without a zone
                 * @example 2026-01-01T10:00:00.000000
                 */
                at: string;
                caseId: string | null;
                reason: string | null;
            } | null;
            disclaimer: string;
        };
        EyePatientDraft: {
            name: string;
            age: number;
            gender: string;
            symptoms?: string[];
            history?: string | null;
            /** @description A picture as a data URL or in base64, or an address that is kept */
            image_url?: string | null;
            /**
             * @description Stands until something is known
             * @enum {string|null}
             */
            status?: "Critical" | "Stable" | "Pending Analysis" | "Discharged" | null;
            oculomics?: {
                intraocularPressure: number;
                cupToDiscRatio: number;
                rnflThickness: number;
                vesselDensity: number;
                /** @default [] */
                history: {
                    date: string;
                    iop: number;
                    density: number;
                }[];
            } | null;
        };
        EyePatientChange: {
            name?: string;
            age?: number;
            gender?: string;
            symptoms?: string[];
            history?: string | null;
            /** @description A picture as a data URL or in base64, or an address that is kept */
            image_url?: string | null;
            oculomics?: {
                intraocularPressure: number;
                cupToDiscRatio: number;
                rnflThickness: number;
                vesselDensity: number;
                /** @default [] */
                history: {
                    date: string;
                    iop: number;
                    density: number;
                }[];
            } | null;
            /** @description ISO 8601, or null */
            appointment_date?: unknown;
            /** @description Ignored: it follows from what is known */
            status?: unknown;
        };
        EyeMessage: {
            message: string;
            success: boolean;
        };
        EyeJudgement: {
            approved: boolean;
            reason?: string | null;
        };
        EyeNotification: {
            id: string;
            patientId: string | null;
            message: string;
            /**
             * @description UTC without a zone
             * @example 2026-01-01T10:00:00.000000
             */
            timestamp: string;
            read: boolean;
            /** @enum {string} */
            type: "info" | "critical" | "success";
        };
        EyeNotificationDraft: {
            patient_id: string;
            message: string;
            /**
             * @default info
             * @enum {string}
             */
            type: "info" | "critical" | "success";
        };
        EyeAnalysis: {
            classification: string;
            /** @description Of the classification, calibrated, 0..100 */
            confidence: number;
            findings: string[];
            recommendation: string;
            explanation: string;
            caseId: string;
            model: string;
            /** @enum {string} */
            severity: "critical" | "warning" | "info" | "undecided";
            /** @enum {string} */
            outcome: "negative" | "positive" | "person";
            /** @enum {string} */
            status: "decided" | "provisional";
            /** @description True: the second look is still to come, and this is no result. `GET /v1/cases/{id}` has it later */
            pending: boolean;
            disclaimer: string;
        };
        EyeModelState: {
            status: string;
            message: string;
            device?: string;
            disclaimer: string;
        } & {
            [key: string]: unknown;
        };
        CataractSystem: {
            system_initialized: boolean;
            ray_worker_types: string[];
            ray_workers_total: number;
            /** @description Names only: paths are nobody's business */
            directories: {
                [key: string]: string;
            };
            /** @enum {string} */
            device: "cpu";
            models_loaded: {
                clip: boolean;
                lgbm: boolean;
                batch: boolean;
            };
            /** @description The inference engine is ready */
            ray_initialized: boolean;
            /** @description Idle worker threads */
            ray_workers_available: number;
            timestamp: string;
            disclaimer: string;
        };
        CataractPrediction: {
            /** @example cataract */
            prediction: string;
            /** @description Of the predicted label, 0..1 */
            confidence: number;
            probabilities: {
                normal: number;
                cataract: number;
            };
            /** @enum {string} */
            model_used: "clip" | "lgbm" | "ensemble";
            /** @description Seconds */
            processing_time: number;
            /** @description Stable per worker thread; an ensemble joins two with + */
            ray_worker_id: string;
            /**
             * @description UTC without a zone
             * @example 2026-01-01T10:00:00.000000
             */
            timestamp: string;
            case_id: string;
            /** @enum {string} */
            outcome: "negative" | "positive" | "person";
            reason: string;
            explanation: string;
            escalated: boolean;
            strategy: string;
            readings: {
                reader: string;
                model: string;
                probabilities: {
                    [key: string]: number;
                };
            }[];
            band: {
                pack: string;
                lo: number;
                hi: number;
                a: number;
                b: number;
                certified: boolean;
                certificate: string;
            };
            gradability: string;
            quality: {
                luminance: number;
                contrast: number;
                sharpness: number;
            };
            /** @description As it was sent and kept; null: nobody was asked, the image may not be used for training */
            training_consent: boolean | null;
            /** @enum {string} */
            status: "decided" | "provisional";
            /** @description True: the second look is still to come, and this is no result. `GET /v1/cases/{id}` has it later */
            pending: boolean;
            disclaimer: string;
        };
        CataractError: {
            detail?: unknown;
            code: string;
            reason: string;
            request_id: string;
        } & {
            [key: string]: unknown;
        };
        CataractBatch: {
            total_images: number;
            predictions: {
                /** @description Place in the upload, from 0 */
                index: number;
                filename: string | null;
                /** @enum {string} */
                status: "ok" | "error";
                error: {
                    code: string;
                    detail: string;
                } | null;
                /** @description 1: cataract, 0: normal; null where there is an error */
                class: number | null;
                class_name: string | null;
                confidence: number | null;
                probabilities: {
                    normal: number;
                    cataract: number;
                } | null;
                ray_worker_id: string | null;
                case_id: string | null;
                /** @enum {string|null} */
                outcome: "negative" | "positive" | "person" | null;
                reason: string | null;
            }[];
            /** @description Counts good images only; `failed` counts the others */
            summary: {
                total_images: number;
                cataract_predictions: number;
                normal_predictions: number;
                cataract_percentage: number;
                normal_percentage: number;
                avg_confidence: number;
                /** @description Images per second */
                throughput: number;
                failed: number;
                /** @description Of the good images: those that nobody may take for normal or cataract before a person has looked */
                needs_person: number;
            };
            /** @description Seconds */
            processing_time: number;
            /** @enum {string} */
            model_used: "clip" | "lgbm" | "ensemble";
            strategy: string;
            timestamp: string;
            ray_workers_used: number;
            /** @description As it was sent and kept; null: nobody was asked, the image may not be used for training */
            training_consent: boolean | null;
            /** @description Of the kept copy of this answer; null unless `save_results` asked for one and it could be kept */
            results_id: string | null;
            /** @description Opens the copy without a key for LINK_SECONDS; with a key it opens for RESULTS_DAYS */
            results_url: string | null;
            disclaimer: string;
        };
        CataractTrainStarted: {
            /**
             * @description `already_running`: nothing was started, because there is never more than one training at a time
             * @enum {string}
             */
            status: "started" | "already_running";
            /** @enum {string} */
            model: "clip" | "lgbm";
            /** @description Seconds; of the one that runs already */
            training_time: number;
            metrics: null;
            message: string;
            training_id: string;
        };
        CataractTrainingStatus: {
            /** @enum {string} */
            status: "no_training_history";
        } | {
            clip_training?: components["schemas"]["CataractTraining"];
            lgbm_training?: components["schemas"]["CataractTraining"];
            disclaimer: string;
        };
        CataractTraining: {
            /** @enum {string} */
            status: "queued" | "running" | "completed" | "failed" | "cancelled";
            training_id: string;
            /** @description UTC without a zone */
            started: string;
            finished: string | null;
            /** @description When it ended, else when it started */
            timestamp: string;
            /** @description Seconds */
            training_time: number;
            progress: {
                stage: string;
                done: number;
                of: number;
            } | null;
            /** @description Null until it is completed */
            metrics: {
                [key: string]: components["schemas"]["CataractFigure"];
            } | null;
            measured_on: string | null;
            /** @description Digest of the candidate that was registered. It serves once an operator promotes it, never by itself */
            release: string | null;
            message: string;
            error: string | null;
        };
        CataractFigure: {
            value: number;
            /** @description 95 % */
            interval: [
                number,
                number
            ];
            n: number;
            method: string;
        };
        CataractTrainCancel: {
            /** @enum {string} */
            status: "cancelling" | "not_running";
            training_id: string | null;
            message: string;
        };
        CataractDrift: {
            /** @description Of the newest 10000 cases, those whose image is kept */
            unlabeled_samples: number;
            /** @description False: there are more cases than were counted */
            unlabeled_samples_is_all: boolean;
            /** @description Where `monitor` is null: largest distance between the distribution of the domain p-values and the uniform one, 0 where n is 0. Else the share of the way to the nearest alarm */
            drift_score: number;
            /** @description Time of the newest case, else of the server's start */
            last_updated: string;
            model_performance: {
                clip_loaded: boolean;
                lgbm_loaded: boolean;
                device: string;
                /** @description Measured on labelled images that the packs did not learn from; `n/a` where nothing was */
                clip: {
                    [key: string]: {
                        value: number;
                        /** @description 95 % */
                        interval: [
                            number,
                            number
                        ];
                        n: number;
                        method: string;
                    };
                } | "n/a";
                /** @description Measured on labelled images that the packs did not learn from; `n/a` where nothing was */
                lgbm: {
                    [key: string]: {
                        value: number;
                        /** @description 95 % */
                        interval: [
                            number,
                            number
                        ];
                        n: number;
                        method: string;
                    };
                } | "n/a";
                /** @description Measured on labelled images that the packs did not learn from; `n/a` where nothing was */
                cascade: {
                    [key: string]: {
                        value: number;
                        /** @description 95 % */
                        interval: [
                            number,
                            number
                        ];
                        n: number;
                        method: string;
                    };
                } | "n/a";
                data: {
                    sets: string[];
                    split: string;
                    images: number;
                    groups: number;
                } | null;
            };
            method: string;
            window: {
                cases_max: number;
            };
            reference: {
                distribution: string;
                pack: string | null;
            };
            /** @description Cases of the window with a p-value of this very pack; of `monitor` all watched */
            n: number;
            /** @description 1.358 / √n: exceeded by chance in 5 of 100 looks; of `monitor` 1, where the alarm comes */
            critical_value: number | null;
            exceeded: boolean;
            message: string;
            monitor: components["schemas"]["CataractDriftMonitor"];
            disclaimer: string;
        };
        /** @description Null where no monitor watches */
        CataractDriftMonitor: {
            since: string;
            groups: {
                /** @enum {string} */
                kind: "look" | "harm";
                evidence: number;
                threshold: number;
                alarmed: boolean;
            }[];
            /** @description Share of wrong automatic decisions; null before any */
            audited_risk: number | null;
            audited_risk_interval: [
                number,
                number
            ];
            labels: number;
            incidents: string[];
        } | null;
        HalluxInfo: {
            name: string;
            version: string;
            endpoints: string[];
            docs: string;
            disclaimer: string;
        };
        HalluxError: {
            error: string;
            code: string;
            detail: string;
            request_id: string;
        } & {
            [key: string]: unknown;
        };
        HalluxHealth: {
            /** @enum {string} */
            status: "healthy" | "degraded";
            model_loaded: boolean;
            /** @enum {string} */
            device: "cpu";
            /** @description Seconds since 1970 */
            timestamp: number;
            version: string;
            api_endpoints: string[];
            reason?: string;
            disclaimer: string;
        };
        HalluxModel: {
            model_name: string;
            model_type: string;
            classes: string[];
            /**
             * @example {
             *       "overall_accuracy": "89.8%",
             *       "hallux_valgus_precision": "n/a"
             *     }
             */
            performance: {
                [key: string]: string;
            };
            /** @enum {string} */
            device: "cpu";
            model_loaded: boolean;
            packs: {
                reader: string;
                pack: string;
                digest: string;
            }[];
            evaluation: components["schemas"]["HalluxEvaluation"];
            supported_formats: string[];
            image_bytes_max: number;
            disclaimer: string;
        };
        HalluxClasses: {
            classifications: {
                /** @description Place among the model's classes, from 0 */
                id: number;
                name: string;
                description: string;
                icon: string;
                color: string;
                /** @description The class's share of the images of the evaluation, not of people */
                prevalence: string | null;
                label: string;
                positive: boolean;
            }[];
            model_performance: {
                overall_metrics: {
                    accuracy: number | null;
                    precision: number | null;
                    /** @description Mean of the classes */
                    recall: number | null;
                    f1_score: number | null;
                };
                per_class_recall: {
                    [key: string]: number | null;
                };
            };
            evaluation: components["schemas"]["HalluxEvaluation"];
            disclaimer: string;
        };
        ChestInfo: {
            name: string;
            version: string;
            labels: {
                label: string;
                display: string;
                class_index: number;
            }[];
            endpoints: string[];
            docs: string;
            disclaimer: string;
        };
        ChestError: {
            /** @enum {string} */
            status: "error";
            message: string;
            detail: string | ({
                type: string;
                msg: string;
            } & {
                [key: string]: unknown;
            })[];
            code: string;
            error: {
                code: string;
                reason: string;
                request_id: string;
                fields?: {
                    name: string;
                    message: string;
                }[];
            };
        };
        ChestHealth: {
            /** @enum {string} */
            status: "healthy" | "degraded";
            model_loaded: boolean;
            /** @enum {string} */
            device: "cpu";
            version: string;
            reason?: string;
            disclaimer: string;
        };
        ChestPrediction: {
            /** @enum {string} */
            status: "success";
            data: {
                /** @description As it was sent; empty where none was */
                filename: string;
                /** @description The most probable labels, in falling order */
                predictions: components["schemas"]["ChestFinding"][];
                top_prediction: components["schemas"]["ChestFinding"];
                case_id: string;
                /** @enum {string} */
                outcome: "negative" | "positive" | "person";
                reason: string;
                explanation: string;
                strategy: string;
                escalated: boolean;
                readings: {
                    reader: string;
                    model: string;
                    probabilities: {
                        [key: string]: number;
                    };
                }[];
                gradability: string;
                /** @description True: the second look is still to come, and this is no result. `GET /v1/cases/{id}` has it later */
                pending: boolean;
                calibration: {
                    /** @enum {boolean} */
                    calibrated: true;
                    note: string;
                    readers: {
                        reader: string;
                        pack: string;
                        method: string;
                        images: number;
                        positives: number;
                    }[];
                };
                operating_points: {
                    note: string;
                    finding: number;
                    case: {
                        /** @enum {string} */
                        of: "any finding";
                        probability: number | null;
                        negative_at_or_below: number;
                        positive_at_or_above: number;
                        pack: string;
                        certified: boolean;
                        certificate: string;
                    };
                };
                assessment: {
                    note: string;
                    assessed: string[];
                    not_assessed: string[];
                    evaluation: {
                        sets: string[];
                        split: string;
                        images: number;
                        cases_per_label: {
                            [key: string]: number;
                        };
                    } | null;
                };
                /** @description Opens without a key for a short time */
                heatmap_url: string;
            };
            disclaimer: string;
        };
        ChestFinding: {
            /**
             * @description As the model's own label list has it
             * @example Pleural_Thickening
             */
            label: string;
            /** @description Calibrated, see `calibration` */
            probability: number;
            /** @example Pleural Thickening */
            display: string;
            class_index: number;
            operating_point: number;
            /** @description A finding called present: at or above its operating point. Never true of the label for no finding */
            positive: boolean;
            /** @description False: too few cases to know how well this label is read */
            assessed: boolean;
        };
        ChestExplanation: {
            /** @enum {string} */
            status: "success";
            data: {
                /** @description As it was sent; empty where none was */
                filename: string;
                /** @description Data URL of a PNG with an alpha channel: the overlay alone, clear where nothing speaks for the label, to be laid over the whole upright image (`image_url`). Its longest side has at most 256 pixels */
                heatmap_image: string;
                explained_prediction: {
                    label: string;
                    probability: number;
                    /** @description Place in the model's own label order, from 0 */
                    class_index: number;
                    display: string;
                };
                image_info: {
                    /** @description Width and height, pixels */
                    original_size: [
                        number,
                        number
                    ];
                    /** @description Width and height, pixels */
                    model_input_size: [
                        number,
                        number
                    ];
                    /** @description Names how the model's input is made of the image */
                    preprocessing: string;
                    /** @description Left, top, width and height of what the overlay covers, pixels of the image */
                    heatmap_box: [
                        number,
                        number,
                        number,
                        number
                    ];
                };
                heatmap_pack: string;
                /** @description The same overlay; opens without a key for a short time */
                heatmap_url: string;
                /** @description The image; opens without a key for a short time */
                image_url: string;
                case_id: string;
                /** @enum {string} */
                outcome: "negative" | "positive" | "person";
                reason: string;
                explanation: string;
                strategy: string;
                escalated: boolean;
                readings: {
                    reader: string;
                    model: string;
                    probabilities: {
                        [key: string]: number;
                    };
                }[];
                gradability: string;
                /** @description True: the second look is still to come, and this is no result. `GET /v1/cases/{id}` has it later */
                pending: boolean;
                calibration: {
                    /** @enum {boolean} */
                    calibrated: true;
                    note: string;
                    readers: {
                        reader: string;
                        pack: string;
                        method: string;
                        images: number;
                        positives: number;
                    }[];
                };
                operating_points: {
                    note: string;
                    finding: number;
                    case: {
                        /** @enum {string} */
                        of: "any finding";
                        probability: number | null;
                        negative_at_or_below: number;
                        positive_at_or_above: number;
                        pack: string;
                        certified: boolean;
                        certificate: string;
                    };
                };
                assessment: {
                    note: string;
                    assessed: string[];
                    not_assessed: string[];
                    evaluation: {
                        sets: string[];
                        split: string;
                        images: number;
                        cases_per_label: {
                            [key: string]: number;
                        };
                    } | null;
                };
            };
            disclaimer: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listProgrammes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All programmes, also those that cannot answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        programmes: components["schemas"]["Programme"][];
                        disclaimer: string;
                    };
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProgramme: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                programme: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The programme */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Programme"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `programme-unknown`: There is no such screening programme */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCase: {
        parameters: {
            query?: {
                /** @description How the readers are combined. Default: the programme's cascade */
                strategy?: "cascade" | "fast" | "fine" | "mean";
            };
            header?: {
                /** @description How the readers are combined. Default: the programme's cascade */
                "x-strategy"?: "cascade" | "fast" | "fine" | "mean";
                /** @description `bulk` waits for free workers behind people who wait. Default: interactive */
                "x-lane"?: "interactive" | "bulk";
                /** @description Milliseconds after which the answer is of no use any more */
                "x-deadline-ms"?: number;
                /** @description Makes a repeated post harmless: within 24 hours the same key with the same content is answered with the first one's case, with other content it is refused */
                "idempotency-key"?: string;
            };
            path: {
                programme: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    image: Blob;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
                "application/json": {
                    /** @description Base64, plain or as a data URL */
                    image: string;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description The decided case */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            /** @description A provisional case: ask for it again */
            202: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            /**
             * @description `body-malformed`: The request body cannot be read as its content type says
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `base64-invalid`: The image is not valid base64
             *
             *     `field-invalid`: A field has a value that is not allowed
             *
             *     `image-missing`: The request holds no image
             *
             *     `image-repeated`: The request holds more than one image where one is expected
             *
             *     `person-without-image`: This person has no image to analyse
             *
             *     `profile-ambiguous`: Nothing in this request says which source system's endpoint is meant
             *
             *     `training-data-missing`: There is no training data
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link-invalid`: The link is not valid or its time is over */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `case-unknown`: There is no such case
             *
             *     `incident-unknown`: There is no such incident
             *
             *     `queue-unknown`: There is no such queue
             *
             *     `person-unknown`: There is no such person
             *
             *     `notification-unknown`: There is no such notification
             *
             *     `model-unknown`: There is no such model
             *
             *     `results-unknown`: There are no such results, or their time is over
             *
             *     `batch-unknown`: There is no such batch
             *
             *     `heatmap-unavailable`: No heatmap can be made for this case
             *
             *     `programme-unknown`: There is no such screening programme
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request-timeout`: The request body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `person-changed`: Somebody else changed this person at the same time
             *
             *     `model-in-use`: The model is at work
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-gone`: The image of this case is no longer kept */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `body-too-large`: The request body is larger than this route accepts
             *
             *     `too-many-images`: The request holds more images than one batch may
             *
             *     `image-too-large`: The image file is larger than the limit
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-type-unsupported`: The bytes are not a JPEG, PNG, WebP, TIFF or BMP image */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-malformed`: The image file is damaged or cut off
             *
             *     `image-undecodable`: The image cannot be decoded
             *
             *     `image-too-many-pixels`: The image has more pixels than the limit
             *
             *     `image-too-small`: The image has too few pixels to be read
             *
             *     `image-multiframe`: The file holds several frames or pages, one image is expected
             *
             *     `idempotency-key-reused`: The idempotency key was used for another request
             *
             *     `archive-refused`: The archive is damaged, or built to do harm
             *
             *     `url-refused`: Nothing is fetched from or sent to this address
             *
             *     `object-unknown`: There is no stored image of this name
             *
             *     `input-quarantined`: This input has ended the inference process before and is refused
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `queue-full`: The queue is full
             *
             *     `rate-limited`: This caller has sent more than one may
             *
             *     `too-many-bytes-in-flight`: Too many uploads are being read at once
             */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-damaged`: The stored image is not the one that was stored
             *
             *     `inference-failed`: The model failed on this input
             *
             *     `internal`: Something went wrong on our side
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `prefix-unavailable`: Images cannot be taken from a bucket here */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `source-unavailable`: The image could not be fetched from where it is */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `model-not-loaded`: The model is not loaded
             *
             *     `engine-not-ready`: The inference engine is not ready
             *
             *     `engine-lost`: The inference engine ended while it held this request
             *
             *     `draining`: The server is shutting down
             *
             *     `pack-not-installed`: A model pack that this programme needs is not installed
             *
             *     `store-unavailable`: The record of the case could not be written
             */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `deadline-exceeded`: No answer within the deadline
             *
             *     `deadline-unmeetable`: The queue is too long for the deadline of this request
             */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCases: {
        parameters: {
            query?: {
                programme?: string;
                outcome?: "negative" | "positive" | "person";
                externalId?: string;
                patientId?: string;
                limit?: number;
                /** @description `next` of the page before. Cases that arrive meanwhile do not move the pages */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cases: components["schemas"]["Case"][];
                        /** @description `cursor` of the next page; absent on the last one */
                        next?: string;
                        disclaimer: string;
                    };
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCase: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The case */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            /** @description What the client has is what we have */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `case-unknown`: There is no such case */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order in which they read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        readings: components["schemas"]["Reading"][];
                        disclaimer: string;
                    };
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `case-unknown`: There is no such case */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getImage: {
        parameters: {
            query?: {
                expires?: string;
                signature?: string;
            };
            header?: {
                "if-none-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The image */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                };
            };
            /** @description What the client has is what we have */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link-invalid`: The link is not valid or its time is over */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `case-unknown`: There is no such case */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-gone`: The image of this case is no longer kept */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `internal`: Something went wrong on our side
             *
             *     `image-damaged`: The stored image is not the one that was stored
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    linkImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        href: string;
                        /** Format: date-time */
                        expiresAt: string;
                    };
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `case-unknown`: There is no such case */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHeatmap: {
        parameters: {
            query?: {
                /** @description Whose evidence to show. Default: the decided label */
                label?: string;
            };
            header?: {
                "if-none-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The overlay */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What the client has is what we have */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `case-unknown`: There is no such case
             *
             *     `heatmap-unavailable`: No heatmap can be made for this case
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-gone`: The image of this case is no longer kept */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `queue-full`: The queue is full */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `internal`: Something went wrong on our side
             *
             *     `image-damaged`: The stored image is not the one that was stored
             *
             *     `inference-failed`: The model failed on this input
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `store-unavailable`: The record of the case could not be written
             *
             *     `engine-not-ready`: The inference engine is not ready
             *
             *     `engine-lost`: The inference engine ended while it held this request
             *
             *     `draining`: The server is shutting down
             *
             *     `pack-not-installed`: A model pack that this programme needs is not installed
             */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `deadline-exceeded`: No answer within the deadline */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBatches: {
        parameters: {
            query?: {
                limit?: number | null;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchList"];
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createBatch: {
        parameters: {
            query?: {
                programme?: string;
                /** @description How the readers are combined. Default: the programme's cascade */
                strategy?: "cascade" | "fast" | "fine" | "mean";
                /** @description Default: normal */
                priority?: "normal" | "low";
                /** @description Told of the end, signed with WEBHOOK_SECRET */
                webhook?: string;
            };
            header?: {
                /** @description Makes a repeated post harmless: within 24 hours the same key with the same content is answered with the first one's case, with other content it is refused */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    programme?: string;
                    /**
                     * @description How the readers are combined. Default: the programme's cascade
                     * @enum {string}
                     */
                    strategy?: "cascade" | "fast" | "fine" | "mean";
                    /** @enum {string} */
                    priority?: "normal" | "low";
                    /** Format: uri */
                    webhook?: string;
                    images: Blob[];
                };
                "application/x-ndjson": components["schemas"]["BatchItem"];
                "application/zip": Blob;
                "application/json": components["schemas"]["BatchPrefix"];
            };
        };
        responses: {
            /** @description The batch, which runs */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /**
             * @description `body-malformed`: The request body cannot be read as its content type says
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `base64-invalid`: The image is not valid base64
             *
             *     `field-invalid`: A field has a value that is not allowed
             *
             *     `image-missing`: The request holds no image
             *
             *     `image-repeated`: The request holds more than one image where one is expected
             *
             *     `person-without-image`: This person has no image to analyse
             *
             *     `profile-ambiguous`: Nothing in this request says which source system's endpoint is meant
             *
             *     `training-data-missing`: There is no training data
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link-invalid`: The link is not valid or its time is over */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `case-unknown`: There is no such case
             *
             *     `incident-unknown`: There is no such incident
             *
             *     `queue-unknown`: There is no such queue
             *
             *     `person-unknown`: There is no such person
             *
             *     `notification-unknown`: There is no such notification
             *
             *     `model-unknown`: There is no such model
             *
             *     `results-unknown`: There are no such results, or their time is over
             *
             *     `batch-unknown`: There is no such batch
             *
             *     `heatmap-unavailable`: No heatmap can be made for this case
             *
             *     `programme-unknown`: There is no such screening programme
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request-timeout`: The request body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `person-changed`: Somebody else changed this person at the same time
             *
             *     `model-in-use`: The model is at work
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-gone`: The image of this case is no longer kept */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `body-too-large`: The request body is larger than this route accepts
             *
             *     `too-many-images`: The request holds more images than one batch may
             *
             *     `image-too-large`: The image file is larger than the limit
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-type-unsupported`: The bytes are not a JPEG, PNG, WebP, TIFF or BMP image */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-malformed`: The image file is damaged or cut off
             *
             *     `image-undecodable`: The image cannot be decoded
             *
             *     `image-too-many-pixels`: The image has more pixels than the limit
             *
             *     `image-too-small`: The image has too few pixels to be read
             *
             *     `image-multiframe`: The file holds several frames or pages, one image is expected
             *
             *     `idempotency-key-reused`: The idempotency key was used for another request
             *
             *     `archive-refused`: The archive is damaged, or built to do harm
             *
             *     `url-refused`: Nothing is fetched from or sent to this address
             *
             *     `object-unknown`: There is no stored image of this name
             *
             *     `input-quarantined`: This input has ended the inference process before and is refused
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `queue-full`: The queue is full
             *
             *     `rate-limited`: This caller has sent more than one may
             *
             *     `too-many-bytes-in-flight`: Too many uploads are being read at once
             */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-damaged`: The stored image is not the one that was stored
             *
             *     `inference-failed`: The model failed on this input
             *
             *     `internal`: Something went wrong on our side
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `prefix-unavailable`: Images cannot be taken from a bucket here */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `source-unavailable`: The image could not be fetched from where it is */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `model-not-loaded`: The model is not loaded
             *
             *     `engine-not-ready`: The inference engine is not ready
             *
             *     `engine-lost`: The inference engine ended while it held this request
             *
             *     `draining`: The server is shutting down
             *
             *     `pack-not-installed`: A model pack that this programme needs is not installed
             *
             *     `store-unavailable`: The record of the case could not be written
             */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `deadline-exceeded`: No answer within the deadline
             *
             *     `deadline-unmeetable`: The queue is too long for the deadline of this request
             */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `batch-unknown`: There is no such batch */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch; one that is finished stays as it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `batch-unknown`: There is no such batch */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryFailed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `batch-unknown`: There is no such batch */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    batchEvents: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `progress` events, then `end` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description It ended, and that is known */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `batch-unknown`: There is no such batch */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `queue-full`: The queue is full */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    batchResults: {
        parameters: {
            query?: {
                format?: "ndjson" | "csv";
                after?: number | null;
                follow?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One result a line */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["BatchResult"];
                    "text/csv": string;
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `batch-unknown`: There is no such batch */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `queue-full`: The queue is full */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    inferenceServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server, and what of the protocol it serves */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        version: string;
                        extensions: string[];
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process lives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        live: boolean;
                        ready?: boolean;
                        error?: string;
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Inferences are accepted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        live: boolean;
                        ready?: boolean;
                        error?: string;
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Names of the models */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        models: string[];
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceStatistics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Counts of all models */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        model_stats: components["schemas"]["InferenceModelStatistics"][];
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceRepository: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    ready?: boolean;
                    parameters?: {
                        [key: string]: string | number | boolean;
                    };
                };
            };
        };
        responses: {
            /** @description Every model and its state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        version: string;
                        /** @enum {string} */
                        state: "READY" | "UNAVAILABLE";
                        reason: string;
                    }[];
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceLoad: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    ready?: boolean;
                    parameters?: {
                        [key: string]: string | number | boolean;
                    };
                };
            };
        };
        responses: {
            /** @description Load a model */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {boolean} */
                        load: true;
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceUnload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    ready?: boolean;
                    parameters?: {
                        [key: string]: string | number | boolean;
                    };
                };
            };
        };
        responses: {
            /** @description Take a model out */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {boolean} */
                        unload: true;
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A model's tensors */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceModel"];
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModelVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A model version's tensors */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceModel"];
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModelConfig: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A model's configuration in force */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        platform: string;
                        max_batch_size: number;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModelVersionConfig: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The same of a version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        platform: string;
                        max_batch_size: number;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModelStatistics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Counts since the start */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        model_stats: components["schemas"]["InferenceModelStatistics"][];
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModelVersionStatistics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The same of a version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        model_stats: components["schemas"]["InferenceModelStatistics"][];
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModelReady: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether a model answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        ready: boolean;
                        error?: string;
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferenceModelVersionReady: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether a model version answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        ready: boolean;
                        error?: string;
                    };
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    infer: {
        parameters: {
            query?: never;
            header?: {
                "inference-header-content-length"?: number | null;
            };
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InferenceRequest"];
                "application/octet-stream": Blob;
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
            };
        };
        responses: {
            /** @description The decision, as tensors */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceResponse"];
                    "application/octet-stream": Blob;
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    inferVersion: {
        parameters: {
            query?: never;
            header?: {
                "inference-header-content-length"?: number | null;
            };
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InferenceRequest"];
                "application/octet-stream": Blob;
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
            };
        };
        responses: {
            /** @description The decision, as tensors */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceResponse"];
                    "application/octet-stream": Blob;
                };
            };
            /** @description A refusal; `code` is stable */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceError"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        live: true;
                        version: string;
                    };
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Not ready, and why */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus text format */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Nodes"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDrift: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As the leading server wrote it last */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drift"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listIncidents: {
        parameters: {
            query?: {
                programme?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incidents"];
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The incident and its steps, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentHistory"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `incident-unknown`: There is no such incident */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLabels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All labels of the case */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelledCase"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `case-unknown`: There is no such case */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addLabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelDraft"];
            };
        };
        responses: {
            /** @description It stood before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelledCase"];
                };
            };
            /** @description All labels of the case, with this one */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelledCase"];
                };
            };
            /**
             * @description `field-invalid`: A field has a value that is not allowed
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `body-malformed`: The request body cannot be read as its content type says
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `case-unknown`: There is no such case */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request-timeout`: The request body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The request body is larger than this route accepts */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-bytes-in-flight`: Too many uploads are being read at once */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLabelTasks: {
        parameters: {
            query?: {
                /** @description Default: 20 */
                limit?: number;
            };
            header?: never;
            path: {
                programme: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The best */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelTasks"];
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `programme-unknown`: There is no such screening programme */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importLabels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
                "application/x-ndjson": components["schemas"]["LabelRow"];
            };
        };
        responses: {
            /** @description What was added and what was not */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelImport"];
                };
            };
            /**
             * @description `field-invalid`: A field has a value that is not allowed
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `body-malformed`: The request body cannot be read as its content type says
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request-timeout`: The request body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The request body is larger than this route accepts */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-bytes-in-flight`: Too many uploads are being read at once */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportLabels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                programme: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One case a line */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `programme-unknown`: There is no such screening programme */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `queue-full`: The queue is full */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The summary */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    shownSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownSettings"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerifiedChain"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All queues */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        queues: components["schemas"]["Queue"][];
                    };
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    orderQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                queue: "batches" | "second-looks" | "audit-looks";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueChange"];
            };
        };
        responses: {
            /** @description The queue as it is worked on from now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"];
                };
            };
            /**
             * @description `field-invalid`: A field has a value that is not allowed
             *
             *     `body-malformed`: The request body cannot be read as its content type says
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `queue-unknown`: There is no such queue */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys of all source systems; under a mount each has its own */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedHealth"];
                };
            };
        };
    };
    predict: {
        parameters: {
            query?: {
                patient_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    image: Blob;
                } | {
                    /** Format: binary */
                    file: Blob;
                    patient_id: string;
                };
            };
        };
        responses: {
            /** @description As that system answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxPrediction"] | components["schemas"]["DrScan"];
                };
            };
            /** @description As that system refuses; where neither is meant, with the keys of both */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedError"];
                };
            };
        };
    };
    linkEvents: {
        parameters: {
            query?: {
                /** @description Which WebSocket; default: /ws */
                path?: "/ws" | "/p/eye/ws/notifications" | "/p/eye/api/notifications/ws";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventLink"];
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPersons: {
        parameters: {
            query?: {
                /** @description Part of the name, any case */
                search?: string;
                status?: "Critical" | "Stable" | "Pending Analysis" | "Discharged";
                skip?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonList"];
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    admitPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonDraft"];
            };
        };
        responses: {
            /** @description The person */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /**
             * @description `body-malformed`: The request body cannot be read as its content type says
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `base64-invalid`: The image is not valid base64
             *
             *     `field-invalid`: A field has a value that is not allowed
             *
             *     `image-missing`: The request holds no image
             *
             *     `image-repeated`: The request holds more than one image where one is expected
             *
             *     `person-without-image`: This person has no image to analyse
             *
             *     `profile-ambiguous`: Nothing in this request says which source system's endpoint is meant
             *
             *     `training-data-missing`: There is no training data
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link-invalid`: The link is not valid or its time is over */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `case-unknown`: There is no such case
             *
             *     `incident-unknown`: There is no such incident
             *
             *     `queue-unknown`: There is no such queue
             *
             *     `person-unknown`: There is no such person
             *
             *     `notification-unknown`: There is no such notification
             *
             *     `model-unknown`: There is no such model
             *
             *     `results-unknown`: There are no such results, or their time is over
             *
             *     `batch-unknown`: There is no such batch
             *
             *     `heatmap-unavailable`: No heatmap can be made for this case
             *
             *     `programme-unknown`: There is no such screening programme
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request-timeout`: The request body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `person-changed`: Somebody else changed this person at the same time
             *
             *     `model-in-use`: The model is at work
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-gone`: The image of this case is no longer kept */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `body-too-large`: The request body is larger than this route accepts
             *
             *     `too-many-images`: The request holds more images than one batch may
             *
             *     `image-too-large`: The image file is larger than the limit
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-type-unsupported`: The bytes are not a JPEG, PNG, WebP, TIFF or BMP image */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-malformed`: The image file is damaged or cut off
             *
             *     `image-undecodable`: The image cannot be decoded
             *
             *     `image-too-many-pixels`: The image has more pixels than the limit
             *
             *     `image-too-small`: The image has too few pixels to be read
             *
             *     `image-multiframe`: The file holds several frames or pages, one image is expected
             *
             *     `idempotency-key-reused`: The idempotency key was used for another request
             *
             *     `archive-refused`: The archive is damaged, or built to do harm
             *
             *     `url-refused`: Nothing is fetched from or sent to this address
             *
             *     `object-unknown`: There is no stored image of this name
             *
             *     `input-quarantined`: This input has ended the inference process before and is refused
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `queue-full`: The queue is full
             *
             *     `rate-limited`: This caller has sent more than one may
             *
             *     `too-many-bytes-in-flight`: Too many uploads are being read at once
             */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-damaged`: The stored image is not the one that was stored
             *
             *     `inference-failed`: The model failed on this input
             *
             *     `internal`: Something went wrong on our side
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `prefix-unavailable`: Images cannot be taken from a bucket here */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `source-unavailable`: The image could not be fetched from where it is */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `model-not-loaded`: The model is not loaded
             *
             *     `engine-not-ready`: The inference engine is not ready
             *
             *     `engine-lost`: The inference engine ended while it held this request
             *
             *     `draining`: The server is shutting down
             *
             *     `pack-not-installed`: A model pack that this programme needs is not installed
             *
             *     `store-unavailable`: The record of the case could not be written
             */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `deadline-exceeded`: No answer within the deadline
             *
             *     `deadline-unmeetable`: The queue is too long for the deadline of this request
             */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `person-unknown`: There is no such person */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonChange"];
            };
        };
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /**
             * @description `body-malformed`: The request body cannot be read as its content type says
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `base64-invalid`: The image is not valid base64
             *
             *     `field-invalid`: A field has a value that is not allowed
             *
             *     `image-missing`: The request holds no image
             *
             *     `image-repeated`: The request holds more than one image where one is expected
             *
             *     `person-without-image`: This person has no image to analyse
             *
             *     `profile-ambiguous`: Nothing in this request says which source system's endpoint is meant
             *
             *     `training-data-missing`: There is no training data
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link-invalid`: The link is not valid or its time is over */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `case-unknown`: There is no such case
             *
             *     `incident-unknown`: There is no such incident
             *
             *     `queue-unknown`: There is no such queue
             *
             *     `person-unknown`: There is no such person
             *
             *     `notification-unknown`: There is no such notification
             *
             *     `model-unknown`: There is no such model
             *
             *     `results-unknown`: There are no such results, or their time is over
             *
             *     `batch-unknown`: There is no such batch
             *
             *     `heatmap-unavailable`: No heatmap can be made for this case
             *
             *     `programme-unknown`: There is no such screening programme
             *
             *     `person-unknown`: There is no such person
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request-timeout`: The request body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `person-changed`: Somebody else changed this person at the same time
             *
             *     `model-in-use`: The model is at work
             *
             *     `person-changed`: Somebody else changed this person at the same time
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-gone`: The image of this case is no longer kept */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `body-too-large`: The request body is larger than this route accepts
             *
             *     `too-many-images`: The request holds more images than one batch may
             *
             *     `image-too-large`: The image file is larger than the limit
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-type-unsupported`: The bytes are not a JPEG, PNG, WebP, TIFF or BMP image */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-malformed`: The image file is damaged or cut off
             *
             *     `image-undecodable`: The image cannot be decoded
             *
             *     `image-too-many-pixels`: The image has more pixels than the limit
             *
             *     `image-too-small`: The image has too few pixels to be read
             *
             *     `image-multiframe`: The file holds several frames or pages, one image is expected
             *
             *     `idempotency-key-reused`: The idempotency key was used for another request
             *
             *     `archive-refused`: The archive is damaged, or built to do harm
             *
             *     `url-refused`: Nothing is fetched from or sent to this address
             *
             *     `object-unknown`: There is no stored image of this name
             *
             *     `input-quarantined`: This input has ended the inference process before and is refused
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `queue-full`: The queue is full
             *
             *     `rate-limited`: This caller has sent more than one may
             *
             *     `too-many-bytes-in-flight`: Too many uploads are being read at once
             */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-damaged`: The stored image is not the one that was stored
             *
             *     `inference-failed`: The model failed on this input
             *
             *     `internal`: Something went wrong on our side
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `prefix-unavailable`: Images cannot be taken from a bucket here */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `source-unavailable`: The image could not be fetched from where it is */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `model-not-loaded`: The model is not loaded
             *
             *     `engine-not-ready`: The inference engine is not ready
             *
             *     `engine-lost`: The inference engine ended while it held this request
             *
             *     `draining`: The server is shutting down
             *
             *     `pack-not-installed`: A model pack that this programme needs is not installed
             *
             *     `store-unavailable`: The record of the case could not be written
             */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `deadline-exceeded`: No answer within the deadline
             *
             *     `deadline-unmeetable`: The queue is too long for the deadline of this request
             */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPersonCases: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cases: components["schemas"]["Case"][];
                        /** @description `cursor` of the next page; absent on the last one */
                        next?: string;
                        disclaimer: string;
                    };
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `person-unknown`: There is no such person */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPersonImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `person-unknown`: There is no such person */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-gone`: The image of this case is no longer kept */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analysePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /**
             * @description `body-malformed`: The request body cannot be read as its content type says
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `base64-invalid`: The image is not valid base64
             *
             *     `field-invalid`: A field has a value that is not allowed
             *
             *     `image-missing`: The request holds no image
             *
             *     `image-repeated`: The request holds more than one image where one is expected
             *
             *     `person-without-image`: This person has no image to analyse
             *
             *     `profile-ambiguous`: Nothing in this request says which source system's endpoint is meant
             *
             *     `training-data-missing`: There is no training data
             *
             *     `person-without-image`: This person has no image to analyse
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link-invalid`: The link is not valid or its time is over */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `case-unknown`: There is no such case
             *
             *     `incident-unknown`: There is no such incident
             *
             *     `queue-unknown`: There is no such queue
             *
             *     `person-unknown`: There is no such person
             *
             *     `notification-unknown`: There is no such notification
             *
             *     `model-unknown`: There is no such model
             *
             *     `results-unknown`: There are no such results, or their time is over
             *
             *     `batch-unknown`: There is no such batch
             *
             *     `heatmap-unavailable`: No heatmap can be made for this case
             *
             *     `programme-unknown`: There is no such screening programme
             *
             *     `person-unknown`: There is no such person
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request-timeout`: The request body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `person-changed`: Somebody else changed this person at the same time
             *
             *     `model-in-use`: The model is at work
             *
             *     `person-changed`: Somebody else changed this person at the same time
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-gone`: The image of this case is no longer kept
             *
             *     `image-gone`: The image of this case is no longer kept
             */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `body-too-large`: The request body is larger than this route accepts
             *
             *     `too-many-images`: The request holds more images than one batch may
             *
             *     `image-too-large`: The image file is larger than the limit
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `image-type-unsupported`: The bytes are not a JPEG, PNG, WebP, TIFF or BMP image */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-malformed`: The image file is damaged or cut off
             *
             *     `image-undecodable`: The image cannot be decoded
             *
             *     `image-too-many-pixels`: The image has more pixels than the limit
             *
             *     `image-too-small`: The image has too few pixels to be read
             *
             *     `image-multiframe`: The file holds several frames or pages, one image is expected
             *
             *     `idempotency-key-reused`: The idempotency key was used for another request
             *
             *     `archive-refused`: The archive is damaged, or built to do harm
             *
             *     `url-refused`: Nothing is fetched from or sent to this address
             *
             *     `object-unknown`: There is no stored image of this name
             *
             *     `input-quarantined`: This input has ended the inference process before and is refused
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `queue-full`: The queue is full
             *
             *     `rate-limited`: This caller has sent more than one may
             *
             *     `too-many-bytes-in-flight`: Too many uploads are being read at once
             */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `image-damaged`: The stored image is not the one that was stored
             *
             *     `inference-failed`: The model failed on this input
             *
             *     `internal`: Something went wrong on our side
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `prefix-unavailable`: Images cannot be taken from a bucket here */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `source-unavailable`: The image could not be fetched from where it is */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `model-not-loaded`: The model is not loaded
             *
             *     `engine-not-ready`: The inference engine is not ready
             *
             *     `engine-lost`: The inference engine ended while it held this request
             *
             *     `draining`: The server is shutting down
             *
             *     `pack-not-installed`: A model pack that this programme needs is not installed
             *
             *     `store-unavailable`: The record of the case could not be written
             */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `deadline-exceeded`: No answer within the deadline
             *
             *     `deadline-unmeetable`: The queue is too long for the deadline of this request
             */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    validatePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Judgement"];
            };
        };
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /**
             * @description `field-invalid`: A field has a value that is not allowed
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `body-malformed`: The request body cannot be read as its content type says
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `person-unknown`: There is no such person */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `person-changed`: Somebody else changed this person at the same time */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The request body is larger than this route accepts */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    schedulePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Appointment"];
            };
        };
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /**
             * @description `field-invalid`: A field has a value that is not allowed
             *
             *     `json-invalid`: The JSON body is not valid or nests too deeply
             *
             *     `body-malformed`: The request body cannot be read as its content type says
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `person-unknown`: There is no such person */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `person-changed`: Somebody else changed this person at the same time */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The request body is larger than this route accepts */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNotifications: {
        parameters: {
            query?: {
                unreadOnly?: boolean;
                personId?: string;
                skip?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationList"];
                };
            };
            /** @description `field-invalid`: A field has a value that is not allowed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readAllNotifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many nobody has read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        unread: number;
                    };
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The notification */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notification"];
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `notification-unknown`: There is no such notification */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `store-unavailable`: The record of the case could not be written */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eye_ws_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sockets' state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeSocketStatus"];
                };
            };
        };
    };
    dr_welcome: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrWelcome"];
                };
            };
        };
    };
    dr_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrHealth"];
                };
            };
        };
    };
    dr_list_patients: {
        parameters: {
            query?: {
                skip?: number;
                /** @description At most 1000 are answered at a time */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrPatient"][];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    dr_create_patient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DrPatientIn"];
            };
        };
        responses: {
            /** @description The patient */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrPatient"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    dr_get_patient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The patient */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrPatient"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    dr_predict: {
        parameters: {
            query?: {
                /** @description Id of a patient that was created here */
                patient_id?: string;
                /** @description Usually one of pre-treatment, follow-up, post-treatment; others are taken with a warning */
                visit_type?: string;
                /** @description Stored with the scan, never logged */
                notes?: string;
            };
            header?: {
                prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                    /** @description Id of a patient that was created here */
                    patient_id?: string;
                    /** @description Usually one of pre-treatment, follow-up, post-treatment; others are taken with a warning */
                    visit_type?: string;
                    /** @description Stored with the scan, never logged */
                    notes?: string;
                };
                "application/json": {
                    /** @description Base64, plain or as a data URL */
                    file: string;
                    /** @description Id of a patient that was created here */
                    patient_id?: string;
                    /** @description Usually one of pre-treatment, follow-up, post-treatment; others are taken with a warning */
                    visit_type?: string;
                    /** @description Stored with the scan, never logged */
                    notes?: string;
                };
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrScan"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    dr_history: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrHistory"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    dr_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    dr_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to try */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    dr_redoc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    eye_get_: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeInfo"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_get_api: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeInfo"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeHealth"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_get_api_patients: {
        parameters: {
            query?: {
                skip?: number;
                /** @description At most 1000 are answered at a time */
                limit?: number;
                status?: "Critical" | "Stable" | "Pending Analysis" | "Discharged";
                /** @description Part of the name */
                search?: string;
                /** @description 1: pictures inside, as data URLs */
                inline?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyePatient"][];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_patients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EyePatientDraft"];
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyePatient"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_get_api_patients_id_: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyePatient"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_delete_api_patients_id_: {
        parameters: {
            query?: {
                reason?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeMessage"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_patch_api_patients_id_: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EyePatientChange"];
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyePatient"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_get_api_patients_id_image: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_patients_id_analyze: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyePatient"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_patients_id_validate: {
        parameters: {
            query?: {
                approved?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EyeJudgement"];
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyePatient"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_patients_id_schedule: {
        parameters: {
            query?: {
                appointment_date?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    appointment_date: string;
                };
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyePatient"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_get_api_notifications_unread_count: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                    };
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_patch_api_notifications_mark_all_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeMessage"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_get_api_notifications: {
        parameters: {
            query?: {
                skip?: number;
                /** @description At most 1000 are answered at a time */
                limit?: number;
                unread_only?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeNotification"][];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_notifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EyeNotificationDraft"];
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeNotification"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_patch_api_notifications_id_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeNotification"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_delete_api_notifications_id_: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeMessage"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_ai_analyze: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    image_base64: string;
                    patient_id?: string;
                };
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeAnalysis"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_ai_analyze_upload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
                "application/json": {
                    /** @description Base64, plain or as a data URL */
                    file: string;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeAnalysis"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_get_api_ai_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeModelState"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_ai_load_model: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeModelState"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_post_api_ai_unload_model: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EyeModelState"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FastApiError"];
                };
            };
        };
    };
    eye_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    eye_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to try */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    eye_redoc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    cataract_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractHealth"];
                };
            };
        };
    };
    cataract_system_info: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractSystem"];
                };
            };
        };
    };
    cataract_predict_clip: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    image: Blob;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    trainingConsent?: boolean;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    training_consent?: boolean;
                };
                "application/json": {
                    /** @description Base64, plain or as a data URL */
                    image: string;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    trainingConsent?: boolean;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    training_consent?: boolean;
                };
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractPrediction"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractError"];
                };
            };
        };
    };
    cataract_predict_lgbm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    image: Blob;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    trainingConsent?: boolean;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    training_consent?: boolean;
                };
                "application/json": {
                    /** @description Base64, plain or as a data URL */
                    image: string;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    trainingConsent?: boolean;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    training_consent?: boolean;
                };
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractPrediction"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractError"];
                };
            };
        };
    };
    cataract_predict_ensemble: {
        parameters: {
            query?: never;
            header?: {
                "x-strategy"?: "cascade" | "mean";
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    image: Blob;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    trainingConsent?: boolean;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    training_consent?: boolean;
                };
                "application/json": {
                    /** @description Base64, plain or as a data URL */
                    image: string;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    trainingConsent?: boolean;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    training_consent?: boolean;
                };
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractPrediction"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractError"];
                };
            };
        };
    };
    cataract_predict_batch: {
        parameters: {
            query?: {
                /** @description Default: ensemble */
                model?: "clip" | "lgbm" | "ensemble";
                /** @description Keeps a copy of this answer for RESULTS_DAYS. Default: false; every case is recorded anyway */
                save_results?: boolean;
                /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                training_consent?: boolean;
                /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                trainingConsent?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * @description Default: ensemble
                     * @enum {string}
                     */
                    model?: "clip" | "lgbm" | "ensemble";
                    /** @description Keeps a copy of this answer for RESULTS_DAYS. Default: false; every case is recorded anyway */
                    save_results?: boolean;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    training_consent?: boolean;
                    /** @description Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way */
                    trainingConsent?: boolean;
                    images: Blob[];
                };
            };
        };
        responses: {
            /** @description One prediction an image, in the order of the upload */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractBatch"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractError"];
                };
            };
        };
    };
    cataract_results: {
        parameters: {
            query?: {
                expires?: string;
                signature?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractBatch"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractError"];
                };
            };
        };
    };
    cataract_train_clip: {
        parameters: {
            query?: {
                /** @description Views of each training image. Default: 24 */
                views?: number;
                /** @description Folds of the grouped cross-validation. Default: 5 */
                folds?: number;
                /** @description Settings of the trees to try. Default: 1 */
                trials?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was started, or one runs already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractTrainStarted"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractError"];
                };
            };
        };
    };
    cataract_train_lgbm: {
        parameters: {
            query?: {
                /** @description Views of each training image. Default: 24 */
                views?: number;
                /** @description Folds of the grouped cross-validation. Default: 5 */
                folds?: number;
                /** @description Settings of the trees to try. Default: 1 */
                trials?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was started, or one runs already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractTrainStarted"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractError"];
                };
            };
        };
    };
    cataract_training_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractTrainingStatus"];
                };
            };
        };
    };
    cataract_train_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It ends soon, or none runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractTrainCancel"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractError"];
                };
            };
        };
    };
    cataract_drift_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CataractDrift"];
                };
            };
        };
    };
    cataract_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    cataract_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to try */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    cataract_redoc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    hallux_info: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxInfo"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxError"];
                };
            };
        };
    };
    hallux_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxHealth"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxError"];
                };
            };
        };
    };
    hallux_model_info: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxModel"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxError"];
                };
            };
        };
    };
    hallux_classifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxClasses"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxError"];
                };
            };
        };
    };
    hallux_predict: {
        parameters: {
            query?: {
                /** @description How the readers are combined. Default: the programme's cascade */
                strategy?: "cascade" | "fast" | "fine" | "mean";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    image: Blob;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
                "application/json": {
                    /** @description Base64, plain or as a data URL */
                    image: string;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "image/tiff": Blob;
                "image/bmp": Blob;
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description The source's keys, and ours. Percentages are 0..100 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxPrediction"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxError"];
                };
            };
        };
    };
    hallux_predict_base64: {
        parameters: {
            query?: {
                /** @description How the readers are combined. Default: the programme's cascade */
                strategy?: "cascade" | "fast" | "fine" | "mean";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Base64, plain or as a data URL */
                    image: string;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
            };
        };
        responses: {
            /** @description The source's keys, and ours. Percentages are 0..100 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxPrediction"];
                };
            };
            /** @description Any refusal, in the source's shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HalluxError"];
                };
            };
        };
    };
    hallux_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    hallux_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to try */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    hallux_redoc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    chest_info: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestInfo"];
                };
            };
            /** @description Any refusal, in the source's shapes at once */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestError"];
                };
            };
        };
    };
    chest_api_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestHealth"];
                };
            };
            /** @description Any refusal, in the source's shapes at once */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestError"];
                };
            };
        };
    };
    chest_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestHealth"];
                };
            };
            /** @description Any refusal, in the source's shapes at once */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestError"];
                };
            };
        };
    };
    chest_predict: {
        parameters: {
            query?: {
                /** @description How many labels to name. Default: 5 */
                top?: number;
                /** @description How the readers are combined. Default: the programme's cascade */
                strategy?: "cascade" | "fast" | "fine" | "mean";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
            };
        };
        responses: {
            /** @description The source's keys, and ours. Probabilities are 0..1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestPrediction"];
                };
            };
            /** @description Any refusal, in the source's shapes at once */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestError"];
                };
            };
        };
    };
    chest_explain: {
        parameters: {
            query?: {
                /** @description Label to explain, as the model or as people write it. Default: the most probable */
                class?: string;
                /** @description A case that was read before, in place of an upload */
                case_id?: string;
                /** @description How the readers are combined. Default: the programme's cascade */
                strategy?: "cascade" | "fast" | "fine" | "mean";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                    /** @description Your identifier of the person. Stored with the case, never logged. No control characters */
                    patientId?: string;
                    /** @enum {string} */
                    laterality?: "left" | "right" | "both" | "unknown";
                    /** @description Which view of the body part, e.g. external-eye. No control characters */
                    view?: string;
                    /** @description Where the image was taken. No control characters */
                    site?: string;
                    /** @description Your identifier of the examination. No control characters */
                    externalId?: string;
                    /** @description Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment. No control characters */
                    visitType?: string;
                    /** @description Anything that belongs to the image. Stored with the case, never logged. No control characters */
                    notes?: string;
                    /** @description Whether the image may be used for training. Absent: it may not */
                    trainingConsent?: boolean;
                };
            };
        };
        responses: {
            /** @description The source's keys, and ours */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestExplanation"];
                };
            };
            /** @description Any refusal, in the source's shapes at once */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChestError"];
                };
            };
        };
    };
    chest_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    chest_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to try */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    chest_redoc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    landing: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    people: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    opsPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to try */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redoc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    problems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every problem code */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description `unauthorised`: A valid API key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
