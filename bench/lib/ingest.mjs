// Runs the compiled command as a user would and measures its process.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** Wall seconds, processor seconds, peak resident megabytes, and the result that the run reports. */
export async function ingest({ url, table, destUri, destTable = 'k.*', stateFolder, flags = [] }) {
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    [
      program,
      'ingest',
      '--source-uri',
      `klaviyo://?api_key=pk_test&account=bench&base_url=${url}`,
      '--source-table',
      table,
      '--dest-uri',
      destUri,
      '--dest-table',
      destTable,
      '--progress',
      'json',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SLUICE_STATE_DIR: stateFolder } },
  )
  const usage = { peakMb: 0, cpuSeconds: 0 }
  const poll = setInterval(() => look(child.pid, usage), 100)
  let result = null
  let rest = ''
  for await (const chunk of child.stdout) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) if (line.includes('"run done"')) result = JSON.parse(line).result
  }
  const code = await new Promise((resolve) => {
    if (child.exitCode === null) child.once('exit', resolve)
    else resolve(child.exitCode)
  })
  clearInterval(poll)
  if (code !== 0) throw new Error(`sluice ingest ended with ${code}`)
  return { seconds: (performance.now() - startedAt) / 1000, ...usage, result }
}

/** Processor seconds of a process so far. */
export function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function look(pid, usage) {
  try {
    const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    usage.peakMb = Math.max(usage.peakMb, peakKb / 1024)
    usage.cpuSeconds = cpuSecondsOf(pid)
  } catch {
    // The process has ended, or this is no Linux: what was seen so far stands.
  }
}
