package io.dendra.backend.cuda;

import io.dendra.backend.cuda.driver.Driver;

/** A kernel that is loaded on a device. */
record Kernel(Driver.Function function, String name) {}
