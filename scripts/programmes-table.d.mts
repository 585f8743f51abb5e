export function programmesTable(models: URL): Promise<string>;
export function withProgrammes(text: string, table: string): string;
