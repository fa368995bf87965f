// A sandbox in a process of its own: `await openSandbox({ events, limits, latencyMs, … })`.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export async function openSandbox(options) {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], { stdio: 'inherit' })
  const [{ url }] = await once(child, 'message')
  const ask = async (verb) => {
    child.send(verb)
    const [answer] = await once(child, 'message')
    return answer
  }
  return {
    url,
    pid: child.pid,
    stats: () => ask('stats'),
    reset: () => ask('reset'),
    post: (path, body) => fetch(`${url}/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) }),
    close: async () => {
      child.kill()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { startSandbox } = await import('../../dist/sandbox/index.js')
  const { crowdedShop } = await import('./crowded-shop.mjs')
  const { crowded, ...options } = JSON.parse(process.argv[2])
  const sandbox = await startSandbox({ ...options, ...(crowded ? { shop: crowdedShop } : {}) })
  // Shops are built on the first request; what is measured is reading, not building.
  await fetch(`${sandbox.url}/api/accounts`, {
    headers: { authorization: 'Klaviyo-API-Key pk_test', revision: '2026-07-15' },
  })
  sandbox.resetStats()
  process.on('message', (verb) => {
    if (verb === 'reset') sandbox.resetStats()
    process.send(sandbox.stats())
  })
  process.send({ url: sandbox.url })
}
