export function figuresTable(models: URL): Promise<string>;
export function withFigures(text: string, table: string): string;
