// docs/settings.md from the schema that reads the environment.

/** Where the default is found out rather than written down. */
const words = {
  AUTH: "on with a key",
  MODELS_DIR: "`models`",
  WORKERS: "cores, at most 16",
};

/** @param {Readonly<Record<string, import("zod").ZodType>>} settings */
export function settingsMarkdown(settings) {
  const rows = Object.entries(settings).map(([name, schema]) => {
    const value = schema.parse(undefined);
    const shown = words[name] ?? (value === undefined ? "none" : `\`${value === false ? "off" : value}\``);
    return `| \`${name}\` | ${shown} | ${schema.description?.replaceAll("|", "\\|")} |`;
  });
  return `# Settings

Settings are environment variables, read once at the start. A bad value stops the start and names the key; an empty one
counts as absent. This page is made from the schema that reads them.

| variable | default | meaning |
| -------- | ------- | ------- |
${rows.join("\n")}

Keys and region of an S3 server come from the usual \`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\` and \`AWS_REGION\`.
`;
}
