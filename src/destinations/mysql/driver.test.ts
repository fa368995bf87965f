import { expect, it, vi } from 'vitest'
import type { Engine } from '../../engine/engine.ts'
import { parseMySqlUri } from './config.ts'
import { MySqlDatabase } from './driver.ts'

vi.mock('mysql2/promise', () => {
  throw new Error(`Cannot find package 'mysql2'`)
})

it('says what to install when the driver is not there', async () => {
  const connected = MySqlDatabase.connect(parseMySqlUri('mysql://db/shop'), {} as Engine)
  await expect(connected).rejects.toMatchObject({ fault: 'usage' })
  await expect(connected).rejects.toThrow(/driver is not installed\. Run "npm install mysql2"/)
})
