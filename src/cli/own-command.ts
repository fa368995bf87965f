import { basename, isAbsolute, relative, sep } from 'node:path'

/**
 * What to type to call this program once more, from the folder and in the way in which it was called: `sluice` where it
 * is installed, `npx sluice` through npx, `node dist/bin.js` in a clone. `script` is the path that Node runs.
 */
export function ownCommand(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const isInstalled = basename(script) === 'sluice' || script.split(sep).includes('node_modules')
  // npm sets it for what npx runs, and for nothing that is typed in another shell.
  if (isInstalled) return env['npm_command'] === 'exec' ? 'npx sluice' : 'sluice'
  const near = relative(cwd, script)
  return `node ${shellWord(near.startsWith('..') || isAbsolute(near) ? script : near)}`
}

/** A word as a shell takes it, in quotes where it needs them. */
export const shellWord = (text: string): string =>
  /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
