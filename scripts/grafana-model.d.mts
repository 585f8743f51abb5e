export function dashboardFiles(): [name: string, text: string][];
