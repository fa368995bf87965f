// `node --import …/clock.mjs`: the process lives from the moment that SLUICE_TEST_NOW names (milliseconds since 1970).
const aheadMs = Number(process.env['SLUICE_TEST_NOW']) - Date.now()
const wall = Date.now
Date.now = () => wall() + aheadMs
