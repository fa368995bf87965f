import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** A fenced block of a page. */
export type Block = Readonly<{
  page: string
  /** Of its first line of text. */
  line: number
  /** What stands behind the fence; empty for nothing. */
  language: string
  text: string
  /** `<!-- not run: … -->` on the line before the fence: why the tests pass over it. */
  notRun: string | null
}>

/** Paths of the pages that users read, from the root of the repository. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

/** @throws for a fence that is not closed */
export function blocksOf(page: string, text = textOf(page)): readonly Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(\w*)$/.exec(lines[at] ?? '')?.[1]
    if (language === undefined) {
      if (lines[at]?.trimStart().startsWith('```') === true)
        throw new Error(`${page}:${at + 1} is a fence of a kind that the tests do not read`)
      continue
    }
    const end = lines.indexOf('```', at + 1)
    if (end === -1) throw new Error(`${page}:${at + 1} opens a block that is not closed`)
    blocks.push({
      page,
      line: at + 2,
      language,
      text: `${lines.slice(at + 1, end).join('\n')}\n`,
      notRun: /^<!-- not run: (.+) -->$/.exec(lines[at - 1] ?? '')?.[1] ?? null,
    })
    at = end
  }
  return blocks
}

/** Rows of the first table of a page whose first column is headed so; cells without the ticks of code. */
export function rowsOf(page: string, firstHeader: string): readonly (readonly string[])[] {
  const lines = textOf(page).split('\n')
  const head = lines.findIndex((line) => line.startsWith(`| ${firstHeader} |`))
  if (head === -1) throw new Error(`${page} has no table "${firstHeader}"`)
  const after = lines.slice(head + 2)
  const end = after.findIndex((line) => !line.startsWith('|'))
  return after.slice(0, end === -1 ? undefined : end).map((line) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}
