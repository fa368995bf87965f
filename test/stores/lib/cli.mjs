// The compiled `sluice` as a process of its own, at a moment of its own.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'

const bin = fileURLToPath(new URL('../../../dist/bin.js', import.meta.url))
const clock = new URL('clock.mjs', import.meta.url).href

/** Starts it; `onEvent` hears what `--progress json` prints, and `done` resolves to how it ended. */
export function startCli(words, { stateFolder, nowMs, onEvent = () => undefined }) {
  const child = spawn(process.execPath, ['--import', clock, bin, ...words, '--progress', 'json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SLUICE_STATE_DIR: stateFolder, SLUICE_TEST_NOW: String(nowMs) },
  })
  let said = ''
  child.stderr.on('data', (data) => (said += data))
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) onEvent(JSON.parse(line))
  })
  return {
    child,
    done: new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, said }))),
  }
}
