import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REVISION, tables } from './catalog.ts'

type OpenApi = Readonly<{
  info: Readonly<{ version: string }>
  paths: Readonly<Record<string, { get?: { parameters: readonly Parameter[] } }>>
}>
type Parameter = Readonly<{ name: string; schema: { items?: { enum?: readonly string[] } } }>

const specFile = process.env['SLUICE_SPEC'] ?? '../shared/klaviyo-openapi/stable.json'

if (existsSync(specFile)) {
  describe("the catalog and Klaviyo's OpenAPI file", () => {
    const spec = JSON.parse(readFileSync(specFile, 'utf8')) as OpenApi

    it('describe the same revision', () => {
      expect(spec.info.version).toBe(REVISION)
    })

    it('agree: compiling again changes nothing', () => {
      const folder = mkdtempSync(join(tmpdir(), 'sluice-catalog-'))
      try {
        const compiled = join(folder, 'tables.json')
        execFileSync(process.execPath, ['scripts/compile-catalog.mjs', specFile, compiled])
        expect(readFileSync(compiled, 'utf8')).toBe(
          readFileSync('src/klaviyo/catalog/tables.generated.json', 'utf8'),
        )
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

    it.each(tables().filter(({ query }) => Object.keys(query).some((name) => name.startsWith('fields['))))(
      'offer the sparse fields that $name asks for',
      ({ path, query }) => {
        const parameters = spec.paths[path]?.get?.parameters ?? []
        for (const [name, value] of Object.entries(query).filter(([key]) => key.startsWith('fields['))) {
          expect(parameters.find((each) => each.name === name)?.schema.items?.enum).toContain(value)
        }
      },
    )
  })
} else {
  it.skip(`no OpenAPI file at "${specFile}", so catalog and file are not compared; name one in SLUICE_SPEC`, () => {})
}
