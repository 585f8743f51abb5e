interface Route {
  readonly method: string;
  readonly path: string;
}

/** Methods of the routes that a path matches, for `Allow`; empty where there is no such route. Cold: 404 and 405 only. */
export function allowedMethods(routes: readonly Route[], path: string): string[] {
  const methods = routes
    .filter((route) => route.method !== "ALL" && matches(route.path, path))
    .map(({ method }) => method);
  if (methods.includes("GET")) methods.push("HEAD");
  return [...new Set(methods)].sort();
}

/** Segment by segment: nothing from a path becomes a regular expression. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((each, i) => (given[i] !== "" && each.startsWith(":") ? true : each === given[i]))
  );
}
