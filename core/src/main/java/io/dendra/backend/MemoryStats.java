package io.dendra.backend;

/**
 * What a device's memory pool holds, in bytes.
 *
 * @param live held by tensors and gradient graphs
 * @param cached free, kept for the next allocation
 * @param peak the most that was live at once
 * @param blocks the number of live allocations
 */
public record MemoryStats(long live, long cached, long peak, long blocks) {}
