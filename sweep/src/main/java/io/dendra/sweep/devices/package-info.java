/** The devices that trials run on. */
package io.dendra.sweep.devices;
