import { SluiceError } from '../model/errors.ts'

/**
 * A path as `read_text` takes it for itself: DuckDB reads `*`, `?` and `[` as patterns, and what matches nothing as
 * no file at all. In brackets each stands for itself. Not so after a backslash, which it takes for the end of a folder.
 * @param path absolute, so that neither `~` nor `file:` is at its start
 */
export function duckPath(path: string): string {
  if (!/[*?[]/.test(path)) return path
  if (path.includes('\\'))
    throw new SluiceError(
      'unusable-state-folder',
      `DuckDB cannot be told of the folder of "${path}": its name holds a backslash beside one of "*?[". Set SLUICE_STATE_DIR to another one.`,
    )
  return path.replace(/[*?[]/g, '[$&]')
}
