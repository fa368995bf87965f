import { expect } from 'vitest'
import { openPlace } from '../../src/destinations/registry.ts'
import { SluiceError } from '../../src/model/errors.ts'
import type { Suite } from './suite.ts'

export const opening: Suite = (check) => {
  check('says what is wrong, and never the password', async ({ bench, claims, uri }) => {
    for (const [name, wrong] of Object.entries(claims.wrongUris)) {
      const { uri: wrongUri, fault, message } = wrong(uri)
      const error: unknown = await openPlace(wrongUri, bench.engine).catch((reason: unknown) => reason)
      if (!(error instanceof SluiceError)) throw new Error(`"${name}" was opened`)
      expect(error.fault).toBe(fault)
      expect(error.message).toMatch(message)
      const password = URL.canParse(uri) ? new URL(uri).password : ''
      if (password !== '') expect(error.message).not.toContain(password)
    }
  })

  check('tells in messages where it is, without secrets', async ({ bench, uri }) => {
    const { label } = bench.place
    expect(uri.startsWith(label.slice(0, label.indexOf(':') + 1))).toBe(true)
    const password = URL.canParse(uri) ? new URL(uri).password : ''
    if (password !== '') expect(label).not.toContain(password)
  })
}
