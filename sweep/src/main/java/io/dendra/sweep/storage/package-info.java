/** Where studies are kept. */
package io.dendra.sweep.storage;
