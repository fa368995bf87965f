/**
 * A member of a record by a name that the asker chose. `record[name]` would also find what every object inherits, such
 * as `constructor` and `__proto__`.
 */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
