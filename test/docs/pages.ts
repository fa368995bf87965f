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
