import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Place } from '../conformance/claims.ts'
import { postgresPlace } from '../conformance/postgres-place.ts'
import { buildCli, runCli } from '../scenarios/cli.ts'
import { blocksOf, pages } from './pages.ts'
import { Reader } from './reader.ts'

let postgres: Place = { unavailable: 'not opened' }

beforeAll(async () => {
  buildCli()
  postgres = await postgresPlace()
})
afterAll(async () => {
  if ('uri' in postgres) await postgres.close()
})

/** What a block may be. `text` is output and drawings; `ts` is held by test/library, the others by unattended.test.ts. */
const LANGUAGES = ['sh', 'sql', 'text', 'ts', 'crontab', 'ini', 'dockerfile']

test('every block says what it is, and every reason belongs to one that would run', () => {
  const blocks = pages.flatMap((page) => blocksOf(page))
  expect(blocks.length).toBeGreaterThan(14)
  expect(
    blocks
      .filter(
        ({ language, notRun }) =>
          !LANGUAGES.includes(language) || (notRun !== null && !['sh', 'sql'].includes(language)),
      )
      .map(({ page, line, language }) => `${page}:${line} ${language}`),
  ).toEqual([])
  const unattended = ['docs/unattended.md']
  const elsewhere = {
    ts: ['docs/library.md', 'docs/sandbox.md'],
    crontab: unattended,
    ini: unattended,
    dockerfile: unattended,
  }
  for (const [language, known] of Object.entries(elsewhere))
    expect(blocks.filter((block) => block.language === language && !known.includes(block.page))).toEqual([])
})

const typed = pages
  .map((page) => blocksOf(page).filter(({ language }) => ['sh', 'sql'].includes(language)))
  .filter((blocks) => blocks.length > 0)

describe.each(typed.map((blocks) => [blocks[0]?.page, blocks] as const))('%s', (_, blocks) => {
  let reader: Reader
  beforeAll(async () => {
    reader = await Reader.sitDown(postgres)
  })
  afterAll(() => reader[Symbol.asyncDispose]())

  test.for(blocks)(
    'line $line: $language',
    { timeout: 120_000 },
    async ({ language, text, notRun }, context) => {
      const why = notRun ?? reader.lacks(text)
      if (why !== null) return context.skip(why)
      if (language === 'sh') {
        const { code, output } = await reader.type(text)
        expect(code, `${text}${output}`).toBe(0)
        expect(output).not.toContain('have the same name')
        return
      }
      const answers = await reader.ask(text)
      expect(answers.length).toBeGreaterThan(0)
      expect(answers.filter(({ rows }) => rows === 0)).toEqual([])
    },
  )
})

describe.each(['ingest', 'estimate', 'tables', 'rename-account', 'sandbox'])(
  'sluice %s --help',
  (command) => {
    test('its examples run, in order', { timeout: 120_000 }, async (context) => {
      await using reader = await Reader.sitDown(postgres)
      const { stdout } = await runCli([command, '--help'], { stateFolder: reader.folder })
      const examples = [...stdout.matchAll(/^ {2}\$ ((?:.*\\\n)*.*)$/gm)].map(([, line = '']) => line)
      expect(examples.length).toBeGreaterThan(0)
      let exported = ''
      for (const line of examples) {
        const why = reader.lacks(line)
        if (why !== null) return context.skip(why)
        if (line.startsWith('export ')) exported += `${line}\n`
        const { code, output } = await reader.type(/ sandbox\b/.test(line) ? line : exported + line)
        expect(code, `${line}\n${output}`).toBe(0)
        expect(output).not.toContain('have the same name')
      }
    })
  },
)
