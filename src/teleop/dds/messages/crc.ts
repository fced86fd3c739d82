/**
 * Unitree's checksum: CRC-32 with polynomial 0x04C11DB7, initial value 0xFFFFFFFF, most significant bit first, no final
 * inversion, over little-endian 32-bit words of the message's C struct without its last word, which is the checksum.
 * Padding takes part, so it must be zero.
 *
 * @param message the whole struct; a multiple of 4 bytes
 */
export function messageCrc(message: DataView): number {
  let crc = 0xffffffff;
  const end = message.byteLength - 4;
  for (let at = 0; at < end; at += 4) {
    const word = message.getUint32(at, true);
    for (let shift = 24; shift >= 0; shift -= 8)
      crc = (crc << 8) ^ TABLE[((crc >>> 24) ^ (word >>> shift)) & 0xff];
  }
  return crc >>> 0;
}

/** Writes the checksum into the last word of a message. */
export function sealMessage(message: DataView): void {
  message.setUint32(message.byteLength - 4, messageCrc(message), true);
}

/** Whether the last word of a message is its checksum. */
export function isMessageIntact(message: DataView): boolean {
  return message.getUint32(message.byteLength - 4, true) === messageCrc(message);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});
