package io.dendra.backend.cuda.driver;

import java.nio.ByteBuffer;

/**
 * Page-locked memory of the host, which devices read and write by themselves.
 *
 * @param address where it lies; devices use the same address
 * @param bytes its content, in the byte order of the machine
 * @param handle what the driver frees it by
 */
public record HostMemory(long address, ByteBuffer bytes, Object handle) {}
