import { describe, expect, test } from 'vitest';
import { passesLuhn } from '../../shared/core/luhn.ts';
import { redactText } from '../../shared/core/redact-text.ts';

describe('Luhn', () => {
  test.each([
    ['4111111111111111', true],
    ['4111111111111112', false],
    ['378282246310005', true],
    ['79927398713', true],
    ['79927398710', false],
    ['', false],
  ])('of %s is %s', (digits, passes) => {
    expect(passesLuhn(digits)).toBe(passes);
  });
});

describe('redaction takes out', () => {
  test.each([
    ['an address', 'write to Jane.Doe+shop@example.co.uk today', 'write to [email] today'],
    ['an address between brackets', '<jane@example.com>,', '<[email]>,'],
    ['an address in another script', 'почта: имя@пример.рф!', 'почта: [email]!'],
    ['a full-width address', 'ｊａｎｅ＠example．com', '[email]'],
    ['an international number', 'call +44 (0)20 7946 0958 please', 'call [phone] please'],
    ['a number with 00', 'tel 0049 30 123456-78', 'tel [phone]'],
    ['a national number', '020 7946 0958', '[phone]'],
    ['a North American number', 'at (555) 234-5678.', 'at [phone].'],
    ['a Chinese mobile number', '我的电话是13812345678，谢谢', '我的电话是[phone]，谢谢'],
    ['a Chinese mobile number in groups', '拨打138 1234 5678联系', '拨打[phone]联系'],
    ['a number after tel:', 'tel:+15552345678', 'tel:[phone]'],
    ['a card', 'card 4111 1111 1111 1111 exp 12/27', 'card [card] exp 12/27'],
    ['a card with hyphens', '3782-822463-10005', '[card]'],
  ])('%s', (_, text, redacted) => {
    expect(redactText(text).text).toBe(redacted);
  });
});

describe('redaction leaves', () => {
  test.each([
    ['a date', 'delivered 2010-12-01 08:26:00'],
    ['an order number', 'order 536365 of 12 pieces'],
    ['a price', 'only 1,299.00 or 2.55'],
    ['a number that fails Luhn', 'serial 4111 1111 1111 1112'],
    ['a product code', 'EAN 85123A and WH-1000XM4'],
    ['a mention', 'thanks @jane'],
    ['an IP address', 'from 192.168.100.200'],
  ])('%s', (_, text) => {
    expect(redactText(text)).toEqual({ text, emails: 0, phones: 0, cards: 0 });
  });
});

test('redaction counts what it took out', () => {
  expect(redactText('a@b.io, c@d.io, +15552345678, 4111111111111111')).toEqual({
    text: '[email], [email], [phone], [card]',
    emails: 2,
    phones: 1,
    cards: 1,
  });
});

test('long hostile texts take time in proportion to their length', () => {
  const started = performance.now();
  for (const piece of ['a', '@', '1 ', 'a.', '1-', 'a@a.']) redactText(piece.repeat(50_000));
  expect(performance.now() - started).toBeLessThan(2000);
});
