import type { CaseStore } from "../contracts/index.ts";
import type { Config, Log } from "../platform/index.ts";
import { VisionLanguageReader } from "../vlm/index.ts";

/**
 * The vision-language reader, where the settings name a server for it. Every image that leaves for that server has its
 * audit entry first; what cannot be noted is not sent.
 *
 * @throws {ConfigError} naming VLM_EXTERNAL, VLM_URL or VLM_API_KEY
 */
export function visionLanguageReader(
  config: Config,
  cases: Pick<CaseStore, "recordAccess">,
): VisionLanguageReader | undefined {
  const { VLM_URL } = config;
  if (VLM_URL === undefined) return undefined;
  return new VisionLanguageReader(
    { ...config, VLM_URL },
    {
      onSend: ({ task, sha256, host }) =>
        cases.recordAccess({
          actor: `vlm:${host}`,
          requestId: task ?? "",
          action: "image.sent",
          object: `image/${sha256}`,
        }),
    },
  );
}

/** A model server that is away does not keep us from starting: the words then come from the packs alone. */
export async function loadAtStart(reader: VisionLanguageReader | undefined, config: Config, log: Log): Promise<void> {
  if (reader === undefined || !config.LOAD_MODEL_ON_STARTUP) return;
  try {
    await reader.load();
    log.info({ model: reader.id }, "the vision-language reader is ready");
  } catch (error) {
    log.warn({ err: error }, "the vision-language reader is not ready");
  }
}
