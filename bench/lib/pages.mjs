// Reads a list of the sandbox page after page, as a plain script would.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { request } from 'undici'

const headers = { authorization: 'Klaviyo-API-Key pk_test', revision: '2026-07-15' }

/** Follows `next` from the first page to the last; waits as a 429 says. */
export async function* sequentialPages(origin, path) {
  let next = path
  while (next) {
    const { statusCode, headers: answered, body } = await request(`${origin}${next}`, { headers })
    const bytes = Buffer.from(await body.arrayBuffer())
    if (statusCode === 429) {
      await new Promise((resolve) => setTimeout(resolve, Number(answered['retry-after']) * 1000))
      continue
    }
    yield bytes
    const link = /"links":\{[^{}]*"next":(null|"[^"]*")[^{}]*\}\}\s*$/.exec(bytes.subarray(-4_000).toString())
    const url = link ? JSON.parse(link[1]) : null
    next = url === null ? null : url.slice(new URL(url).origin.length)
  }
}

/** All pages of the largest size, as files. */
export async function landPages(origin, table, folder) {
  let number = 0
  for await (const page of sequentialPages(origin, `/api/${table}?page%5Bsize%5D=1000&sort=datetime`))
    await writeFile(join(folder, `${String(++number).padStart(6, '0')}.json`), page)
  return number
}
