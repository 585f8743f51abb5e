/** Every value of an option that may be given several times: `--data A --data=B`. */
export function manyOf(rawArgs: readonly string[], name: string): string[] {
  const flag = `--${name}`;
  return rawArgs.flatMap((each, i) => {
    if (each === flag) return rawArgs[i + 1] === undefined ? [] : [rawArgs[i + 1] as string];
    return each.startsWith(`${flag}=`) ? [each.slice(flag.length + 1)] : [];
  });
}
