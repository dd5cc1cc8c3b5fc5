package io.dendra.models;

import io.dendra.config.Config;
import io.dendra.nn.layers.Lambda;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.losses.Loss;
import java.util.Set;

/**
 * Whether what a model computes may be recorded once and replayed: {@code dendra.capture}, and
 * whether all of it is Dendra's own. Code of one's own may do something else each time.
 */
public final class CapturePolicy {
  /**
   * The key of the switch: {@code auto}, {@code on} (code of one's own is trusted), {@code off}.
   */
  public static final String FLAG = "dendra.capture";

  private static final Set<Package> OWN =
      Set.of(Model.class.getPackage(), Layer.class.getPackage(), Loss.class.getPackage());

  private CapturePolicy() {}

  /** Why a model's calls cannot be replayed, or null. */
  public static String obstacle(Model model) {
    return switch (flag()) {
      case "off" -> FLAG + " is off";
      case "on" -> null;
      default -> {
        String foreign = foreign(model);
        yield foreign == null ? null : notOwn(foreign);
      }
    };
  }

  /** Why a loss cannot be replayed, or null. */
  public static String obstacle(Loss loss) {
    return isOwn(loss) || flag().equals("on") ? null : notOwn(loss.getClass().getName());
  }

  private static String flag() {
    return Config.get(FLAG).orElse("auto");
  }

  private static String notOwn(String what) {
    return what
        + " is not Dendra's own and may differ from step to step; "
        + FLAG
        + "=on trusts it";
  }

  private static String foreign(Layer layer) {
    if (layer instanceof Lambda || !isOwn(layer)) {
      return "layer " + layer.path();
    }
    for (Layer inner : layer.layers()) {
      String foreign = foreign(inner);
      if (foreign != null) {
        return foreign;
      }
    }
    return null;
  }

  private static boolean isOwn(Object object) {
    Class<?> type = object.getClass();
    return OWN.contains(type.getPackage()) && !type.isHidden();
  }
}
